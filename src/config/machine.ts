/** The facts about the machine that parsing needs. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  isModelFolder(path: string): boolean;
  /** Undefined = it cannot be read. */
  readFile(path: string): string | undefined;
}
