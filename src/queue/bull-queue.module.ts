import { BullModule, getQueueToken } from '@nestjs/bull';
import { Module, type DynamicModule } from '@nestjs/common';
import { BULL_QUEUE, BULL_QUEUE_NAME, bullOptions, type BullConnections } from './runner/bull-job-queue.js';

/** The queue in Redis. Only a service with a Redis loads this file, because Bull takes a tenth of the start. */
@Module({})
export class BullQueueModule {
  static forRoot(connections: BullConnections, keyPrefix: string): DynamicModule {
    return {
      module: BullQueueModule,
      imports: [BullModule.registerQueue({ name: BULL_QUEUE_NAME, ...bullOptions(connections, keyPrefix) })],
      providers: [{ provide: BULL_QUEUE, useExisting: getQueueToken(BULL_QUEUE_NAME) }],
      exports: [BULL_QUEUE],
    };
  }
}
