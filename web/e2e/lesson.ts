import type { Server } from "./server";

export interface Invite {
  code: string;
  key: string;
}

/** What the teacher does at the desk, for the stories. */
export class Teacher {
  private readonly server: Server;
  private readonly id: string;

  constructor(server: Server, id: string) {
    this.server = server;
    this.id = id;
  }

  /** A canvas that is joined with a code, and the code. */
  async invite(): Promise<Invite> {
    return (await this.does("POST", "code", { do: "renew" })) as Invite;
  }

  settings(change: Record<string, unknown>): Promise<unknown> {
    return this.does("PATCH", "settings", change);
  }

  teams(teams: { name: string; color: string; region?: object | null }[]): Promise<unknown> {
    return this.does("PUT", "teams", {
      teams: teams.map((team) => ({ region: null, is_confined: false, ...team })),
    });
  }

  async seatOf(nickname: string): Promise<number> {
    const { seats } = (await this.does("GET", "seats")) as {
      seats: { seat: number; nickname: string }[];
    };
    const found = seats.find((seat) => seat.nickname === nickname);
    if (!found) throw new Error(`nobody is called ${nickname}`);
    return found.seat;
  }

  async to(nickname: string, what: string, body: object = {}): Promise<unknown> {
    return this.does("POST", `seats/${await this.seatOf(nickname)}/${what}`, body);
  }

  does(method: string, what: string, body?: object): Promise<unknown> {
    return this.server.admin(method, `api/canvases/${this.id}/${what}`, body);
  }
}
