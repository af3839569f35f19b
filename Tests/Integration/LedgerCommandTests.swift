import Foundation
import Testing

extension Integration {
    /// `quaymaster ledger`: what an auditor and a witness do with a record.
    @Suite(.serialized) struct LedgerCommandTests {
        private func json(_ outcome: Outcome) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }

        @Test func aRefusalNamesItsEntry() throws {
            try withPlane { plane in
                let refused = try plane.docker("alice", "run", "--rm", "--privileged", "bb:1")
                let id = try #require(refused.errors.split(separator: "; entry ").last?.prefix(26)).description
                #expect(refused.errors.contains("; entry "), "\(refused)")
                _ = try plane.record { lines in lines.contains { $0["id"] as? String == id } }
                let shown = try plane.quaymaster("ledger", "show", id)
                #expect(shown.status == 0 && shown.output.contains("rule: level.privileged"), "\(shown)")
                // The same again names the same entry.
                let again = try plane.docker("alice", "run", "--rm", "--privileged", "bb:1")
                #expect(again.errors.contains("; entry \(id)"), "\(again)")
                #expect(try plane.quaymaster("ledger", "show", "01ARZ3NDEKTSV4RRFFQ69G5FAV").status == 1)
            }
        }

        @Test func entriesAreProvenAndFound() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "--rm", "--name", "proven", "bb:1", "true")
                let lines = try plane.record { lines in
                    lines.contains { $0["operation"] as? String == "ContainerDelete" || $0["verb"] as? String == "wait" }
                }
                let create = try #require(
                    lines.first { $0["operation"] as? String == "ContainerCreate" && $0["phase"] as? String == "intent" })
                let id = try #require(create["id"] as? String)
                let file = plane.folder.appendingPathComponent("proof").path
                let proof = try plane.quaymaster("ledger", "prove", id, "--phase", "intent", "--out", file)
                #expect(proof.status == 0, "\(proof)")
                let state = plane.folder.appendingPathComponent("state").path
                let key = try String(contentsOf: plane.ledger.appendingPathComponent("key.pub"), encoding: .utf8)
                    .trimmingCharacters(in: .newlines)
                let checked = try plane.quaymaster("ledger", "check-proof", file, "--key", key)
                #expect(checked.status == 0 && checked.output.contains(id), "\(checked)")
                let text = try String(contentsOfFile: file, encoding: .utf8)
                try text.replacing("index ", with: "index 1").write(toFile: file, atomically: false, encoding: .utf8)
                #expect(try plane.quaymaster("ledger", "check-proof", file, "--key", key).status == 1)
                for words in [["--identity", "alice"], ["--verb", "run"], ["--object", "container/proven"], ["--tenant", "red"]] {
                    let found = try plane.quaymaster(["ledger", "query"] + words + ["--format", "json"])
                    #expect(found.status == 0 && found.output.contains(id), "\(words): \(found)")
                }
                let none = try plane.quaymaster("ledger", "query", "--identity", "bo", "--format", "json")
                #expect(none.status == 0 && !none.output.contains(id), "\(none)")
                #expect(try plane.quaymaster("ledger", "tail", "--state", state).output.contains("ContainerCreate"))
                let stats = try json(try plane.quaymaster("ledger", "stats", "--format", "json"))
                #expect((stats["entries"] as? Int ?? 0) > 3)
                let cursor = plane.folder.appendingPathComponent("cursor").path
                #expect(try plane.quaymaster("ledger", "export", "--cursor", cursor).output.contains(id))
                #expect(try !plane.quaymaster("ledger", "export", "--cursor", cursor).output.contains(id))
            }
        }

        @Test func aWitnessTellsARecordFromAnother() throws {
            try withPlane { plane in
                let place = plane.folder.appendingPathComponent("witness").path
                let made = try run([Plane.program, "ledger", "witness", "init", place, "--name", "witness.example.com/1"])
                let witness = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
                try plane.docker("alice", "run", "--rm", "bb:1", "true")
                let key = try String(contentsOf: plane.ledger.appendingPathComponent("key.pub"), encoding: .utf8)
                    .trimmingCharacters(in: .newlines)
                let alone = try plane.quaymaster("ledger", "verify")
                #expect(alone.status == 3 && alone.output.contains("consistent with itself only"), "\(alone)")
                #expect(try plane.quaymaster("ledger", "verify", "--witness", witness).status == 1)
                let older = plane.folder.appendingPathComponent("older").path
                _ = try run(["cp", "-a", plane.folder.appendingPathComponent("state").path, older])
                func cosign(_ state: String) throws -> Outcome {
                    try run([
                        "bash", "-o", "pipefail", "-c",
                        #""$0" ledger request --state "$1" | "$0" ledger witness cosign "$2" --log "$3" | "$0" ledger accept --state "$1" --witness "$4""#,
                        Plane.program, state, place, key, witness,
                    ])
                }
                let state = plane.folder.appendingPathComponent("state").path
                try plane.docker("alice", "run", "--rm", "bb:1", "true")
                let cosigned = try cosign(state)
                #expect(cosigned.status == 0, "\(cosigned)")
                let seen = try plane.quaymaster("ledger", "verify", "--witness", witness)
                #expect(seen.status == 0, "\(seen)")
                // Rolled back: the witness refuses, and what it has seen shows it.
                let back = try cosign(older)
                #expect(back.status != 0 && back.errors.contains("rolled back"), "\(back)")
                let kept = plane.folder.appendingPathComponent("kept").path
                let last = try run([
                    "bash", "-c", #""$0" ledger witness last "$1" --log "$2" > "$3""#, Plane.program, place, key, kept,
                ])
                #expect(last.status == 0, "\(last)")
                let found = try plane.quaymaster("ledger", "verify", "--state", older, "--since", kept)
                #expect(found.status == 1 && found.output.contains("rolled back"), "\(found)")
                #expect(try plane.quaymaster("ledger", "verify", "--since", kept).status == 0)
            }
        }

        /// Reads that carry data out are acts: their intent is on the disk before the engine hears of them.
        @Test func whatCarriesDataOutHasAnIntent() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "--name", "read", "bb:1", "true")
                defer { plane.engine.clean("rm", "-f", "read") }
                try plane.docker("alice", "logs", "read")
                try plane.docker("alice", "cp", "read:/etc/passwd", "-")
                try plane.docker("alice", "inspect", "read")
                let wanted = ["ContainerLogs", "ContainerArchive"]
                let all = try plane.record { lines in
                    wanted.allSatisfy { name in lines.contains { $0["operation"] as? String == name && $0["phase"] as? String == "outcome" }
                    }
                }
                for name in wanted {
                    let intent = try #require(
                        all.first { $0["operation"] as? String == name && $0["phase"] as? String == "intent" })
                    #expect((intent["target"] as? String)?.hasPrefix("container/") == true, "\(intent)")
                }
                #expect(!all.contains { $0["operation"] as? String == "ContainerInspect" && $0["phase"] as? String == "intent" })
            }
        }

        /// Entries arrive at least once: what nobody has taken is sent again.
        @Test func whatIsExportedArrives() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "--rm", "bb:1", "true")
                _ = try plane.record { lines in lines.contains { $0["verb"] as? String == "run" && $0["phase"] as? String == "outcome" } }
                plane.stop()
                let receiver = #"""
                    import socket
                    server = socket.create_server(("127.0.0.1", 0))
                    print(server.getsockname()[1], flush=True)
                    connection, _ = server.accept()
                    data = b"".join(iter(lambda: connection.recv(65536), b""))
                    while data:
                        length, _, rest = data.partition(b" ")
                        head, _, entry = rest[:int(length)].partition(b" - {")
                        print(head.decode(), "{" + entry.decode())
                        data = rest[int(length):]
                    """#
                let cursor = plane.folder.appendingPathComponent("cursor").path
                func export(to port: String) throws -> Outcome {
                    try plane.quaymaster("ledger", "export", "--to", "tcp://127.0.0.1:\(port)", "--cursor", cursor)
                }
                func received() throws -> [String] {
                    let command = try Command(["python3", "-c", receiver])
                    try #require(command.wait { $0.output.contains("\n") })
                    let outcome = try export(to: String(command.output.split(separator: "\n")[0]))
                    #expect(outcome.status == 0, "\(outcome)")
                    return command.finish(seconds: 30).output.split(separator: "\n").dropFirst().map(String.init)
                }
                let entries = try plane.record { _ in true }.count
                // Nobody listens: nothing counts as handed on.
                #expect(try export(to: "1").status == 3)
                #expect(!FileManager.default.fileExists(atPath: cursor))
                let sent = try received()
                #expect(sent.count == entries, "\(sent.count) of \(entries)")
                #expect(sent.allSatisfy { $0.hasPrefix("<11") && $0.contains(" quaymaster - ") && $0.hasSuffix("}") })
                #expect(try received().isEmpty)
            }
        }

        /// Killed under load, again and again: what the engine did was intended, and the record verifies.
        @Test func killedAtRandomEveryActHasItsIntent() throws {
            try withPlane { plane in
                let folder = try plane.certificates("alice")
                let load = #"""
                    for number in $(seq 1 400); do
                      curl -s -o /dev/null -w '%{http_code}\n' --cacert "$1/ca.pem" --cert "$1/cert.pem" --key "$1/key.pem" -H 'Content-Type: application/json' \
                        -d "{\"Name\":\"killed-$3-$4-$number\"}" "https://$2/volumes/create" || exit 0
                    done
                    """#
                defer {
                    let all = (try? plane.engine.docker("volume", "ls", "-q").output) ?? ""
                    let names = all.split(separator: "\n").map(String.init)
                    if !names.isEmpty { plane.engine.clean(["volume", "rm", "-f"] + names) }
                }
                let rounds = Int(ProcessInfo.processInfo.environment["QM_KILLS"] ?? "") ?? 50
                for round in 1...rounds {
                    let loads = try (1...3).map { try Command(["bash", "-c", load, "load", folder, plane.address, "\(round)", "\($0)"]) }
                    // Into whatever is under way once the engine has done something.
                    try #require(loads[0].wait { _ in loads.contains { $0.output.contains("201") } })
                    usleep(UInt32.random(in: 0...50_000))
                    try plane.crash()
                    for load in loads { _ = load.finish(seconds: 60) }
                }
                let listed = try plane.engine.docker("volume", "ls", "--format", #"{{.Label "quaymaster.name"}}"#).output
                let made = listed.split(separator: "\n").map(String.init).filter { $0.hasPrefix("killed-") }
                let intents = Set(
                    try plane.record { _ in true }.filter { $0["phase"] as? String == "intent" }
                        .compactMap { $0["target"] as? String })
                let missing = made.filter { !intents.contains("volume/\($0) from volume/\($0)") }
                #expect(missing.isEmpty, "\(missing)")
                #expect(made.count >= rounds)
                let verified = try plane.quaymaster("ledger", "verify")
                #expect(verified.status == 3, "\(verified)")
            }
        }
    }
}
