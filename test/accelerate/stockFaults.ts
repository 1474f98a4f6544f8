declare const BACKEND: string;

/** What a stock kernel computes wrongly, and `accelerate()` leaves as it is. docs/backends.md shows the same table. */
export interface StockFault {
  backend: string;
  what: string;
  /** Titles of the calls that meet it. */
  calls: RegExp;
}

export const stockFaults: readonly StockFault[] = [
  { backend: 'wasm', what: '`tf.clipByValue` of int32 and of NaN', calls: /^clip / },
  { backend: 'wasm', what: '`tf.cast` of other numbers than 0 and 1 to bool', calls: /^cast to bool / },
  { backend: 'cpu', what: 'means of tensors without values: 0', calls: /^mean .*"shape":\[([^\]]*,)?0[,\]]/ },
  {
    backend: 'tensorflow',
    what: 'dilated convolutions of images with channels first',
    calls: /^convolution with channels first .*"dilation":[23]/,
  },
  {
    backend: 'webgpu',
    what: 'products of batches of matrices, where the matrix after has NaN or infinities: NaN reaches the one before',
    // The fuzz draws finite values alone.
    calls: /^$/,
  },
];

/** Whether a call meets a fault of this backend's stock kernels. */
export const isStockFault = (call: string): boolean =>
  stockFaults.some(({ backend, calls }) => backend === BACKEND && calls.test(call));
