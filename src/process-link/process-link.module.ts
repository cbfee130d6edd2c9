import { Module, type DynamicModule } from '@nestjs/common';
import type { ProcessLink } from './process-link.js';

/** The link to the supervisor; undefined where this process serves alone. */
export const SUPERVISOR_LINK = Symbol('SUPERVISOR_LINK');

@Module({})
export class ProcessLinkModule {
  static forRoot(link: ProcessLink | undefined): DynamicModule {
    return {
      module: ProcessLinkModule,
      global: true,
      providers: [{ provide: SUPERVISOR_LINK, useFactory: () => link }],
      exports: [SUPERVISOR_LINK],
    };
  }
}
