import Foundation
import Testing

extension Integration {
    /// A witness that is asked over HTTP.
    @Suite(.serialized) struct WitnessServerTests {
        @Test func aWitnessIsAskedOverHTTP() throws {
            try withPlane { plane in
                func path(_ name: String) -> String { plane.folder.appendingPathComponent(name).path }
                func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
                let witness = trimmed(
                    try run([
                        Plane.program, "ledger", "witness", "init", path("witness"), "--name", "witness.example.com/1",
                    ]).output)
                let key = trimmed(
                    try String(contentsOf: plane.ledger.appendingPathComponent("key.pub"), encoding: .utf8))
                let server = try Command([
                    Plane.program, "ledger", "witness", "serve", path("witness"), "--log", key, "--listen",
                    "127.0.0.1:0",
                ])
                defer {
                    server.signal(SIGTERM)
                    _ = server.finish()
                }
                #expect(server.wait(seconds: 20) { $0.output.hasSuffix("\n") })
                let address = trimmed(server.output.replacing("listening on ", with: ""))
                func ask(_ file: String, _ more: String...) throws -> (status: String, body: String) {
                    let outcome = try run(
                        ["curl", "-sS", "--data-binary", "@" + path(file), "-w", "\n%{http_code}"] + more
                            + [address + "/add-checkpoint"])
                    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
                    return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
                }
                try plane.docker("alice", "ps")
                _ = try plane.record { !$0.isEmpty }
                try plane.quaymaster("ledger", "request").output
                    .write(toFile: path("first"), atomically: true, encoding: .utf8)
                let first = try ask("first")
                #expect(first.status == "200" && first.body.hasPrefix("— witness.example.com/1 "), "\(first)")
                try first.body.write(toFile: path("signature"), atomically: true, encoding: .utf8)
                let accepted = try run([
                    "sh", "-c", #""$0" ledger accept --config "$1" --witness "$2" < "$3""#, Plane.program,
                    plane.folder.path, witness, path("signature"),
                ])
                #expect(accepted.status == 0, "\(accepted)")
                #expect(try plane.quaymaster("ledger", "verify", "--witness", witness).status == 0)
                // Asked from nothing again, it says from where; for what is none, it says so.
                try plane.quaymaster("ledger", "request", "--old", "0").output
                    .write(toFile: path("second"), atomically: true, encoding: .utf8)
                let second = try ask("second")
                #expect(second.status == "409" && Int(trimmed(second.body)) ?? 0 > 0, "\(second)")
                try "old x\n".write(toFile: path("none"), atomically: true, encoding: .utf8)
                #expect(try ask("none").status == "400")
                #expect(try ask("first", "-X", "GET").status == "405")
            }
        }
    }
}
