/** One constructor argument from a SeisBench `.json.vN` (`model_args`); undefined when it says nothing. */
export function modelArgument(settings: unknown, name: string): unknown {
  const args = field(settings, 'model_args');
  return field(args, name);
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
