interface Props {
  url: string;
  size: { width: number; height: number };
  /** Width by height of the space it has. */
  frame: number;
  alt: string;
  lazy?: boolean;
}

/** A picture of a sheet, as large as its space allows, in the sheet's own shape. */
export function SheetPicture({ url, size, frame, alt, lazy = false }: Props) {
  const shape = size.width / size.height;
  return (
    <img
      class={shape > frame ? "sheet-picture sheet-picture-wide" : "sheet-picture"}
      style={{ aspectRatio: String(shape) }}
      src={url}
      width={size.width}
      height={size.height}
      loading={lazy ? "lazy" : "eager"}
      alt={alt}
    />
  );
}
