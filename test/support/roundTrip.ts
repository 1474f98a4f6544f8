import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Saves a model and loads it again; as in a file, nothing but JSON and bytes is kept. */
export async function roundTrip(model: tfl.LayersModel, config?: tf.io.SaveConfig): Promise<tfl.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = {
      ...JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined })),
      weightData: artifacts.weightData,
    };
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  });
  await model.save(handler, config);
  return tfl.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
}
