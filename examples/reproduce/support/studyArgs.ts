/** Options of the command, of which each study takes some. */
export interface StudyArgs {
  /** Folder of the images. */
  images?: string;
  /** File of the UCI digits. */
  digits?: string;
  /** Names with commas. */
  arms?: string;
  /** Numbers with commas. */
  seeds?: string;
  /** Whether to make short runs, to see all stages. */
  quick: boolean;
  /** Whether to write the pages from the runs that are there, and no more. */
  summary: boolean;
  backend?: string;
  /** Folder that pictures are written to. */
  export?: string;
}
