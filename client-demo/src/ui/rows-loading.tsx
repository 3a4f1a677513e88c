/** Where a list of rows will stand. */
export const RowsLoading = ({ rows }: { rows: number }) => (
  <div className="rows-loading" aria-hidden="true">
    {Array.from({ length: rows }, (_, at) => (
      <i key={at} />
    ))}
  </div>
)
