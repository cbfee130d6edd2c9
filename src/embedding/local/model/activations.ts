/** The numbers of a vector after an activation. */
type Activate = (vector: Float64Array) => Float64Array;

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };
const RRELU_SLOPE = (1 / 8 + 1 / 3) / 2;
/** From here on, PyTorch takes the input itself. */
const SOFTPLUS_THRESHOLD = 20;

/**
 * The classes of torch.nn that can be made without parameters and have no weights, with the values that they have then
 * (https://docs.pytorch.org/docs/stable/nn.html): sentence-transformers saves the name of a class, and nothing else.
 */
const ACTIVATE = {
  Identity: (vector: Float64Array) => vector,
  Tanh: ofEach(Math.tanh),
  Sigmoid: ofEach(sigmoid),
  SiLU: ofEach((x) => x * sigmoid(x)),
  ReLU: ofEach((x) => Math.max(0, x)),
  ReLU6: ofEach((x) => clamp(x, 0, 6)),
  LeakyReLU: ofEach((x) => (x < 0 ? 0.01 * x : x)),
  RReLU: ofEach((x) => (x < 0 ? RRELU_SLOPE * x : x)),
  ELU: ofEach(elu),
  CELU: ofEach(elu),
  SELU: ofEach((x) => SELU.scale * (x < 0 ? SELU.alpha * Math.expm1(x) : x)),
  GELU: ofEach((x) => 0.5 * x * (1 + erf(x / Math.SQRT2))),
  Mish: ofEach((x) => x * Math.tanh(softplus(x))),
  Softplus: ofEach((x) => (x > SOFTPLUS_THRESHOLD ? x : softplus(x))),
  Softsign: ofEach((x) => x / (1 + Math.abs(x))),
  LogSigmoid: ofEach((x) => -softplus(-x)),
  Tanhshrink: ofEach((x) => x - Math.tanh(x)),
  Softshrink: ofEach((x) => x - clamp(x, -0.5, 0.5)),
  Hardshrink: ofEach((x) => (Math.abs(x) > 0.5 ? x : 0)),
  Hardtanh: ofEach((x) => clamp(x, -1, 1)),
  Hardsigmoid: ofEach(hardSigmoid),
  Hardswish: ofEach((x) => x * hardSigmoid(x)),
  Softmax: softmax,
  Softmin: (vector: Float64Array) => softmax(vector.map((x) => -x)),
  LogSoftmax: logSoftmax,
} satisfies Readonly<Record<string, Activate>>;

export type Activation = keyof typeof ACTIVATE;

/** The activation of a Dense module whose file names none. */
export const USUAL_ACTIVATION: Activation = 'Tanh';
export const ACTIVATIONS = Object.keys(ACTIVATE) as readonly Activation[];
const NAME = /^torch\.nn\.(?:modules\.(?:activation\.|linear\.)?)?(\w+)$/;

/** The activation with the full name of a class; undefined = it is not supported. Classes of other packages may do anything. */
export function activationNamed(fullName: string): Activation | undefined {
  const name = NAME.exec(fullName)?.[1];
  return ACTIVATIONS.find((activation) => activation === name);
}

export function activate(activation: Activation, vector: Float64Array): Float64Array {
  return ACTIVATE[activation](vector);
}

function ofEach(of: (x: number) => number): Activate {
  return (vector) => vector.map(of);
}

function clamp(x: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, x));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function hardSigmoid(x: number): number {
  return clamp(x + 3, 0, 6) / 6;
}

function elu(x: number): number {
  return x < 0 ? Math.expm1(x) : x;
}

/** ln(1 + e^x), without the overflow of e^x. */
function softplus(x: number): number {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
}

function softmax(vector: Float64Array): Float64Array {
  return logSoftmax(vector).map(Math.exp);
}

function logSoftmax(vector: Float64Array): Float64Array {
  const most = vector.reduce((left, right) => Math.max(left, right), -Infinity);
  const whole = vector.reduce((sum, x) => sum + Math.exp(x - most), 0);
  return vector.map((x) => x - most - Math.log(whole));
}

/** The error function, by the series 7.6.2 of https://dlmf.nist.gov/7.6, whose terms all have one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
