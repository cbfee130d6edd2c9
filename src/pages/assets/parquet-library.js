/** Addresses of modules that the service gives from its packages. They are loaded only for a Parquet file. */
const MODULES = {
  parquet: '/assets/hyparquet/index.js',
  gzip: '/assets/hyparquet-compressors/gzip.js',
  brotli: '/assets/hyparquet-compressors/brotli.js',
  zstd: '/assets/fzstd/index.mjs',
};

/** @returns {Promise<import('./parquet-texts.js').ParquetLibrary>} */
export async function parquetLibrary() {
  const [parquet, { gunzip }, { decompressBrotli }, { decompress }] = await Promise.all([
    /** @type {Promise<typeof import('hyparquet')>} */ (import(MODULES.parquet)),
    /** @type {Promise<Pick<typeof import('hyparquet-compressors'), 'gunzip'>>} */ (import(MODULES.gzip)),
    /** @type {Promise<Pick<typeof import('hyparquet-compressors'), 'decompressBrotli'>>} */ (import(MODULES.brotli)),
    /** @type {Promise<{ decompress: (bytes: Uint8Array) => Uint8Array }>} */ (import(MODULES.zstd)),
  ]);
  return {
    ...parquet,
    // Snappy is in the library itself.
    compressors: {
      GZIP: (bytes, length) => gunzip(bytes, new Uint8Array(length)),
      BROTLI: decompressBrotli,
      ZSTD: (bytes) => decompress(bytes),
    },
  };
}
