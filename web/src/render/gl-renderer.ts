import { snap, toScreen } from "../core/camera";
import { paletteBytes, type Rgba } from "../core/color";
import { type Grid, MAX_SIDE_CELLS } from "../core/grid";
import type { PaletteColor } from "../core/protocol.gen";
import { Dirty } from "./dirty";
import { hatchRects, overlayQuads, type Quad } from "./overlay";
import type { Renderer } from "./renderer";
import {
  HATCH_FRAGMENT,
  QUAD_FRAGMENT,
  QUAD_VERTEX,
  SHEET_FRAGMENT,
  SHEET_VERTEX,
} from "./shaders";
import {
  DOT_RADIUS_CSS_PX,
  DOT_SPACING_CSS_PX,
  HATCH_LINE_CSS_PX,
  HATCH_SPACING_CSS_PX,
  MIN_GRID_LINE_SCALE,
  type Screen,
  SHADOW_DROP_CSS_PX,
  SHADOW_REACH_CSS_PX,
  type View,
} from "./view";

/** Samples per pixel and side at most when zoomed out: what weak GPUs can do in a frame. */
const MAX_SAMPLES_PER_SIDE = 4;
/** The palette texture has a texel for every value that a cell's byte may have. */
const PALETTE_TEXELS = 256;
/**
 * Devices that compute on the CPU, though some browsers don't call that a performance caveat.
 * Measured over 4096² cells at 1366 × 768: 346 ms a frame, against 54 ms on a plain canvas.
 */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const FLOATS_PER_QUAD = 8;
const BYTES_PER_FLOAT = 4;
const NO_LINES: Rgba = [0, 0, 0, 0];

interface Program {
  readonly program: WebGLProgram;
  readonly at: (uniform: string) => WebGLUniformLocation | null;
}

/** What lives on the GPU and dies with its context. */
interface Resources {
  readonly sheet: Program;
  readonly quads: Program;
  readonly hatch: Program;
  readonly quadArray: WebGLVertexArrayObject;
  readonly quadBuffer: WebGLBuffer;
  readonly palette: WebGLTexture;
  readonly board: WebGLTexture;
  /** The size that the board's texture has room for; null before the first upload. */
  boardSize: string | null;
}

/**
 * Null without WebGL 2 that can show the largest board, and where it is emulated in software
 * (unless forced): a plain canvas is faster then.
 */
export function createGlRenderer(
  canvas: HTMLCanvasElement,
  onLost: () => void,
  force: boolean,
): Renderer | null {
  const attributes: WebGLContextAttributes = {
    alpha: false,
    antialias: false,
    depth: false,
    failIfMajorPerformanceCaveat: !force,
    powerPreference: "low-power",
  };
  if (!works(canvas.ownerDocument.createElement("canvas"), attributes)) return null;
  const gl = canvas.getContext("webgl2", attributes);
  return gl === null ? null : new GlRenderer(canvas, gl, onLost);
}

/** Tried on a canvas of its own: one that once had a GPU's context can't be a plain one again. */
function works(trial: HTMLCanvasElement, attributes: WebGLContextAttributes): boolean {
  const gl = trial.getContext("webgl2", attributes);
  if (gl === null) return false;
  const large = gl.getParameter(gl.MAX_TEXTURE_SIZE) >= MAX_SIDE_CELLS;
  const complete = createResources(gl) !== null;
  const quick = !attributes.failIfMajorPerformanceCaveat || !SOFTWARE.test(deviceName(gl));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return large && complete && quick;
}

function deviceName(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  return String(gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
}

class GlRenderer implements Renderer {
  readonly kind = "webgl2";
  private readonly canvas: HTMLCanvasElement;
  private readonly gl: WebGL2RenderingContext;
  private readonly onLost: () => void;
  /** Null while the context is lost. */
  private resources: Resources | null;
  private grid: Grid | null = null;
  private palette: readonly PaletteColor[] = [];
  private dirty: Dirty | null = null;
  private pixelRatio = 1;

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, onLost: () => void) {
    this.canvas = canvas;
    this.gl = gl;
    this.onLost = onLost;
    this.resources = createResources(gl);
    canvas.addEventListener("webglcontextlost", this.lost);
    canvas.addEventListener("webglcontextrestored", this.restored);
  }

  setBoard(grid: Grid, palette: readonly PaletteColor[]): void {
    this.grid = grid;
    this.palette = palette;
    this.dirty = new Dirty(grid);
    this.uploadPalette();
  }

  touch(cells: ArrayLike<number>): void {
    this.dirty?.touch(cells);
  }

  resize(cssWidth: number, cssHeight: number, pixelRatio: number): void {
    this.pixelRatio = pixelRatio;
    this.canvas.width = Math.max(1, Math.round(cssWidth * pixelRatio));
    this.canvas.height = Math.max(1, Math.round(cssHeight * pixelRatio));
  }

  draw(view: View): void {
    const { gl, resources, grid } = this;
    if (resources === null) return;
    const { width, height } = this.canvas;
    const screen = { width, height, pixelRatio: this.pixelRatio };
    gl.viewport(0, 0, width, height);
    if (grid === null) {
      const [red, green, blue] = view.theme.table;
      gl.clearColor(red, green, blue, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      return;
    }
    this.uploadBoard(resources, grid);
    const camera = snap(view.camera, screen);
    this.drawSheet(resources.sheet, grid, { ...view, camera }, screen);
    this.drawHatch(resources, { ...view, camera }, screen);
    this.drawQuads(resources, overlayQuads(view, camera, screen, grid, this.palette), screen);
  }

  dispose(): void {
    this.canvas.removeEventListener("webglcontextlost", this.lost);
    this.canvas.removeEventListener("webglcontextrestored", this.restored);
    this.resources = null;
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  private drawSheet({ program, at }: Program, grid: Grid, view: View, screen: Screen): void {
    const { gl, pixelRatio } = this;
    const { camera, theme } = view;
    const origin = toScreen(camera, screen, { x: 0, y: 0 });
    const lines = view.gridLines && camera.scale >= MIN_GRID_LINE_SCALE;
    const perSide = Math.ceil(1 / camera.scale);
    gl.useProgram(program);
    gl.bindVertexArray(null);
    gl.disable(gl.BLEND);
    gl.uniform1i(at("board"), 0);
    gl.uniform1i(at("palette"), 1);
    gl.uniform2f(at("view"), screen.width, screen.height);
    gl.uniform2f(at("origin"), Math.round(origin.x), Math.round(origin.y));
    gl.uniform2i(at("size"), grid.width, grid.height);
    gl.uniform1f(at("scale"), camera.scale);
    gl.uniform1i(at("samples"), Math.min(MAX_SAMPLES_PER_SIDE, perSide));
    gl.uniform1f(at("dotSpacing"), DOT_SPACING_CSS_PX * pixelRatio);
    gl.uniform1f(at("dotRadius"), DOT_RADIUS_CSS_PX * pixelRatio);
    gl.uniform1f(at("shadowReach"), SHADOW_REACH_CSS_PX * pixelRatio);
    gl.uniform1f(at("shadowDrop"), SHADOW_DROP_CSS_PX * pixelRatio);
    gl.uniform1f(at("edgeWidth"), Math.max(1, Math.round(pixelRatio)));
    gl.uniform4fv(at("tableColor"), theme.table);
    gl.uniform4fv(at("dotColor"), theme.dot);
    gl.uniform4fv(at("edgeColor"), theme.edge);
    gl.uniform4fv(at("shadowColor"), theme.shadow);
    gl.uniform4fv(at("lineColor"), lines ? theme.gridLine : NO_LINES);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private drawHatch(resources: Resources, view: View, screen: Screen): void {
    const rects = hatchRects(view, view.camera, screen);
    if (rects.length === 0) return;
    const { gl, pixelRatio } = this;
    const { program, at } = resources.hatch;
    const { theme, camera } = view;
    const origin = toScreen(camera, screen, { x: 0, y: 0 });
    gl.useProgram(program);
    gl.uniform2f(at("origin"), Math.round(origin.x), Math.round(origin.y));
    gl.uniform1f(at("spacing"), HATCH_SPACING_CSS_PX * pixelRatio);
    gl.uniform1f(at("lineWidth"), HATCH_LINE_CSS_PX * pixelRatio);
    gl.uniform4fv(at("dark"), theme.hatchDark);
    gl.uniform4fv(at("light"), theme.hatchLight);
    // Their color comes from the hatching.
    const quads = rects.map((rect) => ({ ...rect, color: theme.hatchDark }));
    this.drawRects(resources, resources.hatch, quads, screen);
  }

  private drawQuads(resources: Resources, quads: readonly Quad[], screen: Screen): void {
    if (quads.length > 0) this.drawRects(resources, resources.quads, quads, screen);
  }

  private drawRects(
    resources: Resources,
    { program, at }: Program,
    quads: readonly Quad[],
    screen: Screen,
  ): void {
    const { gl } = this;
    const data = new Float32Array(quads.length * FLOATS_PER_QUAD);
    quads.forEach(({ x, y, width, height, color }, i) => {
      data.set([x, y, width, height, ...color], i * FLOATS_PER_QUAD);
    });
    gl.useProgram(program);
    gl.uniform2f(at("view"), screen.width, screen.height);
    gl.bindVertexArray(resources.quadArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, resources.quadBuffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.STREAM_DRAW);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, quads.length);
  }

  private uploadPalette(): void {
    const { gl, resources } = this;
    if (resources === null) return;
    const texels = new Uint8Array(PALETTE_TEXELS * 4);
    texels.set(paletteBytes(this.palette).subarray(0, texels.length));
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, resources.palette);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, PALETTE_TEXELS, 1, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  private uploadBoard(resources: Resources, grid: Grid): void {
    const { gl, dirty } = this;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, resources.board);
    const size = `${grid.width}x${grid.height}`;
    if (resources.boardSize !== size) {
      resources.boardSize = size;
      gl.texImage2D(
        ...([gl.TEXTURE_2D, 0, gl.R8UI, grid.width, grid.height, 0] as const),
        ...([gl.RED_INTEGER, gl.UNSIGNED_BYTE, null] as const),
      );
      dirty?.touchAll();
    }
    if (!dirty?.any) return;
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, grid.width);
    for (const { x, y, width, height } of dirty.take()) {
      gl.texSubImage2D(
        ...([gl.TEXTURE_2D, 0, x, y, width, height] as const),
        ...([gl.RED_INTEGER, gl.UNSIGNED_BYTE, grid.cells, y * grid.width + x] as const),
      );
    }
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  }

  private readonly lost = (event: Event): void => {
    // Without this the context would never be restored.
    event.preventDefault();
    this.resources = null;
  };

  private readonly restored = (): void => {
    this.resources = createResources(this.gl);
    this.dirty?.touchAll();
    this.uploadPalette();
    this.onLost();
  };
}

/** Null when the driver can't build it, or loses the context while we are at it. */
function createResources(gl: WebGL2RenderingContext): Resources | null {
  const sheet = link(gl, SHEET_VERTEX, SHEET_FRAGMENT);
  const quads = link(gl, QUAD_VERTEX, QUAD_FRAGMENT);
  const hatch = link(gl, QUAD_VERTEX, HATCH_FRAGMENT);
  if (sheet === null || quads === null || hatch === null) return null;
  const quadArray = gl.createVertexArray();
  const quadBuffer = gl.createBuffer();
  gl.bindVertexArray(quadArray);
  gl.bindBuffer(gl.ARRAY_BUFFER, quadBuffer);
  for (const attribute of [0, 1]) {
    const stride = FLOATS_PER_QUAD * BYTES_PER_FLOAT;
    gl.enableVertexAttribArray(attribute);
    gl.vertexAttribPointer(attribute, 4, gl.FLOAT, false, stride, attribute * 4 * BYTES_PER_FLOAT);
    gl.vertexAttribDivisor(attribute, 1);
  }
  const palette = createTexture(gl, gl.TEXTURE1);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, PALETTE_TEXELS, 1);
  const board = createTexture(gl, gl.TEXTURE0);
  return { sheet, quads, hatch, quadArray, quadBuffer, palette, board, boardSize: null };
}

function createTexture(gl: WebGL2RenderingContext, unit: GLenum): WebGLTexture {
  const texture = gl.createTexture();
  gl.activeTexture(unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  // Integer textures can be read in no other way.
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return texture;
}

function link(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    console.warn(`PLACE draws without the GPU: ${gl.getProgramInfoLog(program)}`);
    return null;
  }
  const places = new Map<string, WebGLUniformLocation | null>();
  const at = (uniform: string): WebGLUniformLocation | null => {
    let place = places.get(uniform);
    if (place === undefined) {
      place = gl.getUniformLocation(program, uniform);
      places.set(uniform, place);
    }
    return place;
  };
  return { program, at };
}
