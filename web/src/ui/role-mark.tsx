import type { Role } from "../core/protocol.gen";
import { Icon } from "./icon";
import { t } from "./strings";

/** Beside a name: that it is a teacher's, or a program's. Students have none. */
export function RoleMark({ role }: { role: Role }) {
  if (role === "student") return null;
  return (
    <span class="role-mark" data-role={role}>
      <Icon name={role === "teacher" ? "graduation-cap" : "bot"} size={15} />
      {t(`role.${role}`)}
    </span>
  );
}
