/** Makes the named parts of the build when they are missing or stale; says so on stderr. */
export function ensureBuild(root: string, names: readonly string[]): void;
