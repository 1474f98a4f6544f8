export { type BackendName, type ChosenBackend, chooseBackend } from './backend';
export { type Cifar10Options, cifar10 } from './cifar10';
export { FileError } from './fileError';
export { fileSystem } from './fileSystem';
export { type ImageFolder, imageFolder } from './imageFolder';
export type { ImageFolderOptions } from './imageFolderOptions';
export type { LabelledImage, LabelledImages } from './labelledImages';
export type { SkippedFile } from './listImages';
export { PackageError } from './optionalPackage';
