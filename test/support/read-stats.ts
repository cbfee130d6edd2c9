import { eventually } from './eventually.js';
import { getJson } from './get-json.js';

export interface StatsBody {
  readonly model: string;
  readonly embedding_dim: number;
  readonly provider: string;
  readonly space: string;
  readonly cache: CacheUseBody & { readonly entries: number; readonly memory_bytes: number };
  readonly queue: QueueBody;
  /** The default first. */
  readonly models: readonly ModelStatsBody[];
  readonly uptime_seconds: number;
  /** Only for admins. */
  readonly keys?: readonly KeyStatsBody[];
}

interface CacheUseBody {
  readonly hits: number;
  readonly misses: number;
  readonly hit_rate: number;
}

interface QueueBody {
  readonly waiting: number;
  readonly active: number;
  readonly completed: number;
  readonly failed: number;
  readonly delayed: number;
}

interface ModelStatsBody {
  readonly model: string;
  readonly state: string;
  readonly space: string;
  readonly cache: CacheUseBody;
  readonly queue: QueueBody;
}

interface KeyStatsBody {
  readonly name: string;
  readonly requests: number;
  readonly texts: number;
  readonly job_texts: number;
  readonly enqueued: { readonly jobs: number; readonly texts: number };
  readonly last_used_at: string | null;
  readonly days: readonly { readonly day: string; readonly requests: number; readonly texts: number }[] | null;
}

export async function readStats(url: string, headers: Readonly<Record<string, string>> = {}): Promise<StatsBody> {
  return (await getJson<StatsBody>(`${url}/stats`, headers)).body;
}

/** Resolves when some texts are computed and others wait. */
export async function untilBusy(url: string): Promise<void> {
  await eventually('texts being computed', async () => {
    const { active, waiting } = (await readStats(url)).queue;
    return active > 0 && waiting > 0;
  });
}
