/** Field numbers of the messages in onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
export const MODEL_GRAPH = 7;
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
export const NODE = { input: 1, output: 2, operator: 4, attribute: 5 } as const;
export const ATTRIBUTE = { name: 1, integer: 3, type: 20 } as const;
/** AttributeProto.AttributeType of a whole number. */
export const INTEGER_ATTRIBUTE = 2;
export const TENSOR = { name: 8, externalData: 13 } as const;
export const ENTRY = { key: 1, value: 2 } as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TENSOR_TYPE = 1;
export const TYPE = { element: 1, shape: 2 } as const;
export const SHAPE_DIMENSION = 1;
export const DIMENSION = { value: 1, variable: 2 } as const;

/** TensorProto.DataType. */
export const FLOAT32 = 1;
