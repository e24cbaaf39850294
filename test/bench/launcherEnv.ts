/** What the launcher sets on Linux: large pages, and memory that is given back at once. */
export const LAUNCHER_ENV = {
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=2097152',
};
