/** Field numbers of the messages in onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
export const MODEL_GRAPH = 7;
export const MODEL_OPSET = 8;
export const OPSET = { domain: 1, version: 2 } as const;
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
export const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = { name: 1, float: 2, integer: 3, tensor: 5, graph: 6, integers: 8, graphs: 11, type: 20 } as const;
/** AttributeProto.AttributeType of a whole number, and of several. */
export const INTEGER_ATTRIBUTE = 2;
export const INTEGERS_ATTRIBUTE = 7;
export const TENSOR = { dimensions: 1, type: 2, floats: 4, name: 8, rawData: 9, externalData: 13, location: 14 } as const;
export const EXTERNAL_LOCATION = 1;
export const ENTRY = { key: 1, value: 2 } as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TENSOR_TYPE = 1;
export const TYPE = { element: 1, shape: 2 } as const;
export const SHAPE_DIMENSION = 1;
export const DIMENSION = { value: 1, variable: 2 } as const;

/** TensorProto.DataType. */
export const FLOAT32 = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const INT64 = 7;
export const FLOAT16 = 10;
export const BFLOAT16 = 16;
