// Generated from shared/catalogs/*/pricing/**/pricing.yaml by `npm run generate`. Never edit: change the YAML and run it again.
import type { PriceBook } from '../billing/price-book.ts'

export const pricing: Readonly<Record<'triform', PriceBook>> = {
  triform: {
    dimensions: [
      {
        id: 'per_creation',
        name: 'Creation',
        singular: 'element',
        plural: 'elements',
      },
      {
        id: 'per_day_existence',
        name: 'Daily existence',
        singular: 'day',
        plural: 'days',
      },
      {
        id: 'per_invocation',
        name: 'Invocations',
        singular: 'invocation',
        plural: 'invocations',
      },
      {
        id: 'running_seconds',
        name: 'Running time',
        singular: 'second',
        plural: 'seconds',
      },
      {
        id: 'gpu_seconds',
        name: 'Accelerator time',
        singular: 'second',
        plural: 'seconds',
      },
      {
        id: 'input_tokens',
        name: 'Input tokens',
        singular: 'token',
        plural: 'tokens',
      },
      {
        id: 'output_tokens',
        name: 'Output tokens',
        singular: 'token',
        plural: 'tokens',
      },
      {
        id: 'images',
        name: 'Images',
        singular: 'image',
        plural: 'images',
      },
      {
        id: 'stored_mebibyte_days',
        name: 'Storage',
        singular: 'MiB-day',
        plural: 'MiB-days',
      },
      {
        id: 'transferred_mebibytes',
        name: 'Transfer',
        singular: 'MiB',
        plural: 'MiB',
      },
      {
        id: 'compute_seconds',
        name: 'Database compute',
        singular: 'second',
        plural: 'seconds',
      },
      {
        id: 'rows_read',
        name: 'Rows read',
        singular: 'row',
        plural: 'rows',
      },
      {
        id: 'rows_written',
        name: 'Rows written',
        singular: 'row',
        plural: 'rows',
      },
      {
        id: 'messages',
        name: 'Messages',
        singular: 'message',
        plural: 'messages',
      },
      {
        id: 'call_seconds',
        name: 'Call time',
        singular: 'second',
        plural: 'seconds',
      },
      {
        id: 'recipients',
        name: 'Recipients',
        singular: 'recipient',
        plural: 'recipients',
      },
    ],
    categories: [
      {
        id: 'agent-inference',
        name: 'Agents',
        description: 'Agents that think in turns, billed by what they read and write',
      },
      {
        id: 'blob-storage',
        name: 'Storage',
        description: 'Files and indexes that are kept',
      },
      {
        id: 'code-actions',
        name: 'Actions',
        description: 'Code that runs when it is called',
      },
      {
        id: 'hosted-databases',
        name: 'Databases',
        description: 'Databases that run for a circle',
      },
      {
        id: 'outbound-telecom',
        name: 'Outbound telecom',
        description: 'Messages and calls that leave the platform',
      },
      {
        id: 'timed-schedules',
        name: 'Schedules',
        description: 'What starts other elements at a time',
      },
      {
        id: 'web-gateways',
        name: 'Gateways',
        description: 'Doors through which the web calls in',
      },
    ],
    elements: [
      {
        id: 'deep-research-agent',
        name: 'Deep research agent',
        description: 'Reads much and works for long: a turn costs its tokens and its time',
        category: 'agent-inference',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          turn: [
            {
              rateMicroAu: 3000000n,
              per: 1000000n,
              dimension: 'input_tokens',
              scope: 'category',
            },
            {
              rateMicroAu: 25000000n,
              per: 1000000n,
              dimension: 'output_tokens',
              scope: 'element',
            },
            {
              rateMicroAu: 100n,
              per: 1n,
              dimension: 'running_seconds',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'general-agent',
        name: 'General agent',
        description: 'Plans and carries out a task with the tools of its circle',
        category: 'agent-inference',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          turn: [
            {
              rateMicroAu: 3000000n,
              per: 1000000n,
              dimension: 'input_tokens',
              scope: 'category',
            },
            {
              rateMicroAu: 15000000n,
              per: 1000000n,
              dimension: 'output_tokens',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'swift-agent',
        name: 'Swift agent',
        description: 'A small model for short answers',
        category: 'agent-inference',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          turn: [
            {
              rateMicroAu: 800000n,
              per: 1000000n,
              dimension: 'input_tokens',
              scope: 'element',
            },
            {
              rateMicroAu: 4000000n,
              per: 1000000n,
              dimension: 'output_tokens',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'vision-agent',
        name: 'Vision agent',
        description: 'Sees images beside text',
        category: 'agent-inference',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          turn: [
            {
              rateMicroAu: 3000000n,
              per: 1000000n,
              dimension: 'input_tokens',
              scope: 'category',
            },
            {
              rateMicroAu: 15000000n,
              per: 1000000n,
              dimension: 'output_tokens',
              scope: 'category',
            },
            {
              rateMicroAu: 4000n,
              per: 1n,
              dimension: 'images',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'cold-archive',
        name: 'Cold archive',
        description: 'Cheap to keep, dear to fetch',
        category: 'blob-storage',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 100n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'element',
            },
          ],
          store: [
            {
              rateMicroAu: 120n,
              per: 1024n,
              dimension: 'stored_mebibyte_days',
              scope: 'element',
            },
          ],
          download: [
            {
              rateMicroAu: 90000n,
              per: 1024n,
              dimension: 'transferred_mebibytes',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'object-bucket',
        name: 'Object bucket',
        description: 'Objects by key',
        category: 'blob-storage',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          store: [
            {
              rateMicroAu: 700n,
              per: 1024n,
              dimension: 'stored_mebibyte_days',
              scope: 'category',
            },
          ],
          download: [
            {
              rateMicroAu: 40000n,
              per: 1024n,
              dimension: 'transferred_mebibytes',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'shared-folder',
        name: 'Shared folder',
        description: 'Files that actions and agents mount',
        category: 'blob-storage',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          store: [
            {
              rateMicroAu: 700n,
              per: 1024n,
              dimension: 'stored_mebibyte_days',
              scope: 'category',
            },
          ],
          download: [
            {
              rateMicroAu: 40000n,
              per: 1024n,
              dimension: 'transferred_mebibytes',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'vector-index',
        name: 'Vector index',
        description: 'Embeddings, found by likeness',
        category: 'blob-storage',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          store: [
            {
              rateMicroAu: 6000n,
              per: 1024n,
              dimension: 'stored_mebibyte_days',
              scope: 'element',
            },
          ],
          download: [
            {
              rateMicroAu: 40000n,
              per: 1024n,
              dimension: 'transferred_mebibytes',
              scope: 'category',
            },
          ],
          query: [
            {
              rateMicroAu: 15n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'gpu-action',
        name: 'Accelerated action',
        description: 'A container with an accelerator attached',
        category: 'code-actions',
        prices: {
          create: [
            {
              rateMicroAu: 50000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'element',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          invoke: [
            {
              rateMicroAu: 50n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'category',
            },
            {
              rateMicroAu: 60n,
              per: 1n,
              dimension: 'running_seconds',
              scope: 'element',
            },
            {
              rateMicroAu: 900n,
              per: 1n,
              dimension: 'gpu_seconds',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'python-action',
        name: 'Python action',
        description: 'A Python function in a container of its own',
        category: 'code-actions',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          invoke: [
            {
              rateMicroAu: 50n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'category',
            },
            {
              rateMicroAu: 20n,
              per: 1n,
              dimension: 'running_seconds',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'shell-action',
        name: 'Shell action',
        description: 'A shell script in a container of its own',
        category: 'code-actions',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          invoke: [
            {
              rateMicroAu: 50n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'category',
            },
            {
              rateMicroAu: 20n,
              per: 1n,
              dimension: 'running_seconds',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'typescript-action',
        name: 'TypeScript action',
        description: 'A TypeScript function on a shared runtime',
        category: 'code-actions',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          invoke: [
            {
              rateMicroAu: 20n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'element',
            },
            {
              rateMicroAu: 20n,
              per: 1n,
              dimension: 'running_seconds',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'column-warehouse',
        name: 'Column warehouse',
        description: 'Reports over many rows',
        category: 'hosted-databases',
        prices: {
          create: [
            {
              rateMicroAu: 100000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'element',
            },
          ],
          exist: [
            {
              rateMicroAu: 12000n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'element',
            },
          ],
          query: [
            {
              rateMicroAu: 220n,
              per: 1n,
              dimension: 'compute_seconds',
              scope: 'element',
            },
            {
              rateMicroAu: 1000n,
              per: 1000000n,
              dimension: 'rows_read',
              scope: 'category',
            },
            {
              rateMicroAu: 1000000n,
              per: 1000000n,
              dimension: 'rows_written',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'graph-database',
        name: 'Graph database',
        description: 'Nodes and edges',
        category: 'hosted-databases',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 4000n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'category',
            },
          ],
          query: [
            {
              rateMicroAu: 60n,
              per: 1n,
              dimension: 'compute_seconds',
              scope: 'element',
            },
            {
              rateMicroAu: 1000n,
              per: 1000000n,
              dimension: 'rows_read',
              scope: 'category',
            },
            {
              rateMicroAu: 1000000n,
              per: 1000000n,
              dimension: 'rows_written',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'key-value-table',
        name: 'Key-value table',
        description: 'Values by key, with an expiry',
        category: 'hosted-databases',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 1000n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'element',
            },
          ],
          query: [
            {
              rateMicroAu: 0n,
              per: 1n,
              dimension: 'compute_seconds',
              scope: 'element',
            },
            {
              rateMicroAu: 1000n,
              per: 1000000n,
              dimension: 'rows_read',
              scope: 'category',
            },
            {
              rateMicroAu: 400000n,
              per: 1000000n,
              dimension: 'rows_written',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'postgres-database',
        name: 'PostgreSQL database',
        description: 'Tables and SQL',
        category: 'hosted-databases',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 4000n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'category',
            },
          ],
          query: [
            {
              rateMicroAu: 35n,
              per: 1n,
              dimension: 'compute_seconds',
              scope: 'category',
            },
            {
              rateMicroAu: 1000n,
              per: 1000000n,
              dimension: 'rows_read',
              scope: 'category',
            },
            {
              rateMicroAu: 1000000n,
              per: 1000000n,
              dimension: 'rows_written',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'chat-channel',
        name: 'Chat channel',
        description: 'A channel in a messenger',
        category: 'outbound-telecom',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 30000n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'category',
            },
          ],
          send: [
            {
              rateMicroAu: 8000n,
              per: 1n,
              dimension: 'messages',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'mail-sender',
        name: 'Mail sender',
        description: 'An address that sends e-mail',
        category: 'outbound-telecom',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'element',
            },
          ],
          send: [
            {
              rateMicroAu: 100n,
              per: 1n,
              dimension: 'messages',
              scope: 'element',
            },
            {
              rateMicroAu: 250n,
              per: 1n,
              dimension: 'recipients',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'sms-number',
        name: 'SMS number',
        description: 'A number that sends text messages',
        category: 'outbound-telecom',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 30000n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'category',
            },
          ],
          send: [
            {
              rateMicroAu: 45000n,
              per: 1n,
              dimension: 'messages',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'voice-line',
        name: 'Voice line',
        description: 'A number that calls and speaks',
        category: 'outbound-telecom',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 60000n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'element',
            },
          ],
          send: [
            {
              rateMicroAu: 8000n,
              per: 1n,
              dimension: 'messages',
              scope: 'category',
            },
          ],
          call: [
            {
              rateMicroAu: 5000n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'element',
            },
            {
              rateMicroAu: 400n,
              per: 1n,
              dimension: 'call_seconds',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'calendar-schedule',
        name: 'Calendar schedule',
        description: 'By the working days of a calendar',
        category: 'timed-schedules',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 200n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'category',
            },
          ],
          fire: [
            {
              rateMicroAu: 10n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'cron-schedule',
        name: 'Cron schedule',
        description: 'By a cron line, to the minute',
        category: 'timed-schedules',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 200n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'category',
            },
          ],
          fire: [
            {
              rateMicroAu: 10n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'interval-schedule',
        name: 'Interval schedule',
        description: 'Every so many seconds',
        category: 'timed-schedules',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 200n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'category',
            },
          ],
          fire: [
            {
              rateMicroAu: 4n,
              per: 1n,
              dimension: 'per_invocation',
              scope: 'element',
            },
          ],
        },
      },
      {
        id: 'api-endpoint',
        name: 'API endpoint',
        description: 'A published interface of a circle',
        category: 'web-gateways',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          serve: [
            {
              rateMicroAu: 1500000n,
              per: 1000000n,
              dimension: 'per_invocation',
              scope: 'category',
            },
            {
              rateMicroAu: 60000n,
              per: 1024n,
              dimension: 'transferred_mebibytes',
              scope: 'category',
            },
          ],
        },
      },
      {
        id: 'webhook-receiver',
        name: 'Webhook receiver',
        description: 'An address that other services call',
        category: 'web-gateways',
        prices: {
          create: [
            {
              rateMicroAu: 10000n,
              per: 1n,
              dimension: 'per_creation',
              scope: 'root',
            },
          ],
          exist: [
            {
              rateMicroAu: 500n,
              per: 1n,
              dimension: 'per_day_existence',
              scope: 'root',
            },
          ],
          serve: [
            {
              rateMicroAu: 1500000n,
              per: 1000000n,
              dimension: 'per_invocation',
              scope: 'category',
            },
            {
              rateMicroAu: 0n,
              per: 1024n,
              dimension: 'transferred_mebibytes',
              scope: 'element',
            },
          ],
        },
      },
    ],
    policy: {
      openingMicroAu: 5000000n,
      noticeFromMicroAu: 250000n,
      insistentFromMicroAu: 2000000n,
      approvalAboveMicroAu: 10000000n,
      lowBalanceMicroAu: 1000000n,
      runsOutWithinDays: 7,
      reserveMs: 3600000,
      approvalMs: 600000,
    },
  },
}
