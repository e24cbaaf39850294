// The room rules: who may import whom. An arrow not listed here is an error.
const rooms = {
  base: '',
  domain: 'base',
  contract: 'base|domain',
  formats: 'base|domain',
  signal: 'base|domain',
  models: 'base|domain|signal',
  evaluation: 'base|domain|signal',
  sample: 'base|domain|formats',
  waveforms: 'base|domain|signal',
  catalog: 'base|domain',
  jobs: 'base',
  backend: '(?!host|cli)[a-z]+',
  host: 'base|contract|backend',
  cli: 'base|domain|contract|backend|host',
};
const own = '^(src|electron|renderer)/';
const deny = (name, from, to, except) => ({
  name,
  severity: 'error',
  from: { pathNot: '\\.test\\.ts$', ...from },
  to: { path: to, ...(except ? { pathNot: except } : {}) },
});

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, may]) =>
      deny(`room-${room}`, { path: `^src/${room}/` }, own, `^src/(${room}${may && `|${may}`})/`),
    ),
    deny('renderer-is-a-client', { path: '^renderer/' }, '^(src|electron)/', '^src/(base|domain|contract)/'),
    deny('electron-is-a-shell', { path: '^electron/(?!backend/)' }, '^(src|renderer)/', '^src/(base|contract|backend)/'),
    deny('electron-backend-may-host', { path: '^electron/backend/' }, '^(src|renderer)/', '^src/(base|contract|backend|host)/'),
    {
      name: 'natives-have-one-home',
      severity: 'error',
      from: { pathNot: '^src/(catalog/db|models/onnx)\\.ts$' },
      to: { path: 'node_modules/(better-sqlite3|onnxruntime-node)/' },
    },
    {
      name: 'electron-stays-in-electron',
      severity: 'error',
      from: { pathNot: '^electron/' },
      to: { path: '^electron$|node_modules/electron/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^out/' },
  },
};
