export const chartTexts = {
  view: 'Show as',
  chart: 'Chart',
  table: 'Table',
  copy: 'Copy as PNG',
  copied: 'Copied',
  saved: 'Saved as a file',
  failed: 'The picture could not be made',
  time: 'Time (UTC)',
  total: 'Total',
  hint: 'Point at the chart, or walk along it with the arrow keys.',
} as const
