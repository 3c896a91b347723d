import { useState } from "react";
import { forgetToken, keepToken, takeToken } from "../api/token";
import { ControlRoom } from "./ControlRoom";
import { TokenForm } from "./TokenForm";

/** The door: a token leads into the control room; one that the server refuses leads back out, saying so. */
export function App() {
  const [token, setToken] = useState(takeToken);
  const [refused, setRefused] = useState(false);
  if (token === "") {
    return (
      <TokenForm
        refused={refused}
        onToken={(given) => {
          keepToken(given);
          setRefused(false);
          setToken(given);
        }}
      />
    );
  }
  return (
    <ControlRoom
      key={token}
      token={token}
      onRefused={() => {
        forgetToken();
        setRefused(true);
        setToken("");
      }}
    />
  );
}
