// The little of WebAssembly that the kernels need; browsers and Node have it, the language library does not.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
    /** By pages of 64 KiB; the buffer is another one then. */
    grow(pages: number): number;
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
