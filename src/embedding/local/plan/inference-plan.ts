/** The cores and the memory that are divided among the models. */
export interface Machine {
  readonly cores: number;
  /** The memory of the machine, or of the container. */
  readonly memoryBytes: number;
}

export interface ModelToPlan {
  readonly name: string;
  readonly weightBytes: number;
  /** Processes of one thread each (EMBEDDING_WORKERS); undefined = the plan decides. */
  readonly workers: number | undefined;
}

/**
 * Why a model has this number of processes: the operator says so, its weights are small or large, or more would not fit
 * into the memory.
 */
export type PlanReason = 'set' | 'small' | 'large' | 'memory';

/** The processes of one model. */
export interface ModelPlan {
  readonly name: string;
  /** The threads of each process. */
  readonly threads: readonly number[];
  /** Threads of the first process's second session, for a text that comes alone; 1 = it has none. */
  readonly width: number;
  /** Memory of all its processes when they have loaded the model, as expected. */
  readonly bytes: number;
  readonly reason: PlanReason;
}

export interface InferencePlan {
  /** Threads that run at once at most, over all models. */
  readonly cores: number;
  /** In the order in which they were given. */
  readonly models: readonly ModelPlan[];
}
