import Foundation
import LedgerTree
import Testing

/// What is made here is judged by a program that was written from the specifications alone.
@Suite struct IndependentTests {
    private static let program = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors/ledger/tlog.py").path

    /// Asks the other program; one answer a question.
    private func answers(_ rows: [[String: Any]]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.program, "checks"]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let lines = try rows.map { try JSONSerialization.data(withJSONObject: $0) }
        let writer = Thread {
            for line in lines { input.fileHandleForWriting.write(line + Data("\n".utf8)) }
            input.fileHandleForWriting.closeFile()
        }
        writer.start()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map(String.init)
    }

    @Test func treesAndProofsAreTheOnesOfTheSpecification() throws {
        var random = Seeded(state: 5)
        var rows: [[String: Any]] = []
        for count in [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 65] {
            let tree = WholeTree(count: count, &random)
            let leaves = tree.leaves.map(base64)
            rows.append(["kind": "root", "leaves": leaves, "root": tree.root(count).text])
            guard count > 0 else { continue }
            for index in Set([0, count / 3, count - 1]) {
                rows.append([
                    "kind": "inclusion", "leaves": leaves, "index": index,
                    "proof": tree.inclusion(index, in: count).map(\.text),
                ])
                rows.append([
                    "kind": "consistency", "leaves": leaves, "old": index + 1,
                    "proof": tree.consistency(index + 1, count).map(\.text),
                ])
            }
        }
        let found = try answers(rows)
        #expect(found.count == rows.count && found.allSatisfy { $0 == "true" }, "\(found)")
        // It is no rubber stamp.
        rows = rows.map { row in
            var row = row
            if row["root"] != nil { row["root"] = TreeHash.leaf([1]).text } else { row["proof"] = [TreeHash.leaf([1]).text] }
            return row
        }
        #expect(try answers(rows).allSatisfy { $0 == "false" })
    }

    @Test func notesAndProofsAreTheOnesOfTheSpecification() throws {
        var random = Seeded(state: 6)
        let tree = WholeTree(count: 11, &random)
        let log = try SignerKey(name: "example.com/log", .ed25519)
        let witness = try SignerKey(name: "example.com/witness", .cosignature)
        var note = try Checkpoint(origin: "example.com/log", size: 11, root: tree.root(11)).signed(by: log)
        try note.cosign(with: witness, at: 1_700_000_000)
        let proof = EntryProof(index: 6, path: tree.inclusion(6, in: 11), checkpoint: note)
        let text = base64(Array(note.text.utf8))
        func row(_ note: SignedNote, _ key: SignerKey) -> [String: Any] {
            ["kind": "note", "note": base64(note.bytes), "key": key.verifier.text, "text": text]
        }
        func row(_ proof: EntryProof, _ leaf: [UInt8]) -> [String: Any] {
            ["kind": "proof", "proof": base64(proof.bytes), "key": log.verifier.text, "leaf": base64(leaf)]
        }
        var forged = try Checkpoint(origin: "example.com/log", size: 11, root: tree.root(11)).signed(by: log)
        try forged.cosign(with: try SignerKey(name: "example.com/witness", .cosignature), at: 1)
        let found = try answers([
            row(note, log), row(note, witness), row(proof, tree.leaves[6]),
            row(forged, witness), row(proof, tree.leaves[5]),
        ])
        #expect(found == ["true", "true", "true", "false", "false"])
    }
}
