import { useEffect, useRef } from "preact/hooks";
import { paletteBytes } from "../../../core/color";
import type { PaletteColor } from "../../../core/protocol.gen";
import type { Ghost } from "./model";

interface Props {
  ghost: Ghost;
  palette: readonly PaletteColor[];
}

/** What would happen, as a picture of its own: on a phone the canvas is not in sight. */
export function GhostPicture({ ghost, palette }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = ghost.area;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const bytes = paletteBytes(palette);
    const image = context.createImageData(width, height);
    ghost.colors.forEach((color, at) => {
      image.data.set(bytes.subarray(color * 4, color * 4 + 4), at * 4);
    });
    context.putImageData(image, 0, 0);
  }, [ghost]);
  return <canvas ref={canvas} class="ghost-picture phone-only" width={width} height={height} />;
}
