import type { DynamicModule } from '@nestjs/common';
import type { Link } from '../link/index.js';
import { ReplicaGroup } from './replica-group.js';

/** Provides the ReplicaGroup to every module. Without Nest's decorator, so that the primary does not load Nest. */
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest knows a module by its class
export class ReplicasModule {
  /** @param primary Undefined = this process serves alone. */
  static forRoot(primary?: Link): DynamicModule {
    return {
      module: ReplicasModule,
      global: true,
      providers: [{ provide: ReplicaGroup, useFactory: () => new ReplicaGroup(primary) }],
      exports: [ReplicaGroup],
    };
  }
}
