import { Injectable } from '@nestjs/common';
import { faultOfOutputType, Models, TRUNCATIONS, type EmbeddingProvider, type ServedModel } from '../embedding/index.js';
import { faulty } from '../errors/index.js';
import { isOfLevels } from '../vectors/index.js';
import { readChunkSize, type JobField, type JobFieldRules } from './job-fields.js';
import { rangesToText } from './stored-ranges.js';
import type { JobDetails } from './store/job-store.port.js';

type FaultOf = (model: ServedModel) => string | undefined;

/** Knows what the models allow in jobs. */
@Injectable()
export class JobRules implements JobFieldRules {
  constructor(private readonly models: Models) {}

  get defaultModel(): string {
    return this.models.default.name;
  }

  /** Webhooks are checked when the job is submitted. Throws a ServiceError for a model that is not there. */
  faultOfField(field: JobField, value: string, model: string | undefined): string | undefined {
    switch (field) {
      case 'model':
        this.models.find(value);
        return undefined;
      case 'input_type':
        return this.faultOfAll(model, ({ traits }) => traits.prompts.faultOf(value));
      case 'output_dtype':
        return this.faultOfAll(model, ({ name, traits }) => faultOfOutputType(value, name, traits.ranges));
      case 'truncate':
        return TRUNCATIONS.some((word) => word === value) ? undefined : `must be one of ${TRUNCATIONS.join(', ')}`;
      case 'webhook_url':
        return undefined;
    }
  }

  maxTokensOf(model: string | undefined): number {
    return Math.max(...this.candidates(model).map(({ space }) => space.maxTokens));
  }

  /** The model of a job with these details. Throws a ServiceError for what this model does not allow. */
  check({ model, inputType, outputType, chunk }: JobDetails): ServedModel {
    const served = this.models.find(model);
    const { name, space, traits } = served;
    const ofInput = inputType === undefined ? undefined : traits.prompts.faultOf(inputType);
    if (ofInput !== undefined) throw faulty('input_type', ofInput);
    const ofOutput = outputType === undefined ? undefined : faultOfOutputType(outputType, name, traits.ranges);
    if (ofOutput !== undefined) throw faulty('output_dtype', ofOutput);
    if (chunk !== undefined) readChunkSize(space.maxTokens, chunk, (number) => `chunk.${number}`);
    return served;
  }

  /** Cuts documents for the model that the details name when a document comes. */
  cutterFor(details: () => JobDetails): Pick<EmbeddingProvider, 'cut'> {
    return { cut: async (document, options) => await this.models.find(details().model).provider.cut(document, options) };
  }

  /** The fault that a value has for every model that the job may still name; undefined = it is allowed for one. */
  private faultOfAll(model: string | undefined, faultOf: FaultOf): string | undefined {
    const faults = this.candidates(model).map(faultOf);
    return faults.includes(undefined) ? undefined : faults[0];
  }

  private candidates(model: string | undefined): readonly ServedModel[] {
    return model === undefined ? this.models.all : [this.models.find(model)];
  }
}

/** The model's ranges as they are stored with a job of these details; undefined = its vectors need none. */
export function rangesOfJob({ outputType = 'float' }: JobDetails, { traits: { ranges } }: ServedModel): string | undefined {
  return isOfLevels(outputType) && ranges !== undefined ? rangesToText(ranges) : undefined;
}
