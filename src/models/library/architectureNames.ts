/** What networks are called where they were published; SeisBench names its curves after these. */
const NAMES: Readonly<Record<string, string>> = {
  phasenet: 'PhaseNet',
  'phasenet-light': 'PhaseNetLight',
  'variable-length-phasenet': 'VariableLengthPhaseNet',
  'lfe-detect': 'LFEDetect',
  eqtransformer: 'EQTransformer',
  obstransformer: 'OBSTransformer',
  tphasenet: 'TPhaseNet',
  skynet: 'Skynet',
  'eqcct-p': 'EQCCTP',
  'eqcct-s': 'EQCCTS',
  cred: 'CRED',
  'deep-denoiser': 'DeepDenoiser',
  'basic-phase-ae': 'BasicPhaseAE',
  gpd: 'GPD',
};

/** The published name of an architecture the importer knows; the architecture itself where it has none. */
export function publishedName(architecture: string): string {
  return NAMES[architecture] ?? architecture;
}
