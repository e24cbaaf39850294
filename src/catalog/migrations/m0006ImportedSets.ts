/**
 * The parameter set of a pick that came from a file, whose run may not be here. Released: never edit it, add a migration.
 */
export const importedSets = `
ALTER TABLE pick ADD COLUMN set_hash TEXT;
CREATE INDEX pick_set_hash ON pick(set_hash) WHERE set_hash IS NOT NULL;
`;
