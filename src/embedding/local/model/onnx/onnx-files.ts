/**
 * The names that repositories give to a weight format's file, the first that is there counts. From transformers.js,
 * Optimum and sentence-transformers' `export_dynamic_quantized_onnx_model` and `export_optimized_onnx_model`.
 */
/** The int8 weights that this service makes. */
export const ROWWISE_FILE = 'onnx/model_rowwise_int8.onnx';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  fp32: ['model'],
  fp16: ['model_fp16'],
  q8: ['model_quantized'],
  int8: ['model_rowwise_int8', 'model_int8', ...qint8()],
  uint8: ['model_uint8', 'model_quint8_avx2'],
  q4: ['model_q4'],
  q4f16: ['model_q4f16'],
  bnb4: ['model_bnb4'],
  O1: ['model_O1'],
  O2: ['model_O2'],
  O3: ['model_O3'],
  O4: ['model_O4'],
};

/** Files that may hold a weight format, relative to the folder; or the one file that EMBEDDING_DTYPE names itself. */
export function onnxFilesOf(dtype: string): readonly string[] {
  if (dtype.endsWith('.onnx')) return [dtype];
  const names = NAMES[dtype] ?? [];
  return ['onnx/', ''].flatMap((folder) => names.map((name) => `${folder}${name}.onnx`));
}

/** The same for the files from which a weight format comes: this service makes int8 of fp32, where it can. */
export function sourcesOf(dtype: string): readonly string[] {
  return dtype === 'int8' ? [ROWWISE_FILE, ...onnxFilesOf('fp32'), ...onnxFilesOf('int8')] : onnxFilesOf(dtype);
}

/** Made for one kind of processor each, but every one computes them: the own kind first, for speed. */
function qint8(): readonly string[] {
  const ofX64 = ['model_qint8_avx512_vnni', 'model_qint8_avx512'];
  return process.arch === 'arm64' ? ['model_qint8_arm64', ...ofX64] : [...ofX64, 'model_qint8_arm64'];
}
