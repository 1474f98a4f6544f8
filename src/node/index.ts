export { type BackendName, type ChosenBackend, chooseBackend } from './backend';
export { type Cifar10Options, cifar10 } from './cifar10';
export { FileError } from './fileError';
export { fileSystem } from './fileSystem';
export { type ImageFolder, type ImageFolderOptions, imageFolder } from './imageFolder';
export type { LabelledImage, LabelledImages } from './labelledImages';
export type { SkippedFile } from './listImages';
export { PackageError } from './optionalPackage';
