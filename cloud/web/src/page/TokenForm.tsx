import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { isToken } from "../api/token";

interface Props {
  refused: boolean;
  onToken: (token: string) => void;
}

export function TokenForm({ refused, onToken }: Props) {
  const [text, setText] = useState("");
  const [error, setError] = useState(refused ? "The server does not accept this token." : "");
  return (
    <main className="door">
      <form
        className="door-card"
        onSubmit={(event) => {
          event.preventDefault();
          const given = text.trim();
          if (isToken(given)) onToken(given);
          else setError(given === "" ? "Enter the token." : "A token has no spaces and no letters beyond ASCII.");
        }}
      >
        <h1>Drover</h1>
        <p>
          This page needs an access token. <code>drover up</code> prints an address that carries one: open that, or enter the token
          here.
        </p>
        <PasswordInput
          label="Access token"
          value={text}
          error={error || undefined}
          onChange={(event) => setText(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <Button type="submit" className="go" fullWidth>
          Open the control room
        </Button>
      </form>
    </main>
  );
}
