import Foundation
import Ledger
import LedgerTree
import Testing

/// A witness cosigns what goes on from what it has seen, and nothing else.
@Suite struct WitnessTests {
    private func fill(_ directory: URL, groups: Int) async throws {
        let ledger = try Ledger(directory: directory, options: small)
        for _ in 0..<groups { try await append(entry(ledger, .intent), to: ledger) }
        ledger.close()
    }

    private func cosign(_ request: WitnessRequest, _ place: URL, _ log: VerifierKey) throws -> SignedNote.Signature {
        let witness = try Witness(place)
        return try witness.cosign(try WitnessRequest(parsing: request.bytes), of: log, at: 1_700_000_000)
    }

    @Test func whatGoesOnIsCosignedAndKept() async throws {
        try await withDirectory { directory in
            let place = directory.appendingPathComponent("witness")
            let record = directory.appendingPathComponent("ledger")
            let key = try Witness.make(place, name: "witness.example.com/w1")
            #expect(throws: LedgerError.self) { try Witness.make(place, name: "witness.example.com/w1") }
            for _ in 0..<3 {
                try await fill(record, groups: 7)
                let reader = try reader(record)
                let request = try reader.request()
                let signature = try cosign(request, place, reader.key)
                let note = try reader.accept(Array(signature.line.utf8), by: key)
                #expect(note.text == request.checkpoint.text && note.cosignedAt(by: key) == 1_700_000_000)
                // Asked again for the same, it says the same.
                _ = try cosign(try reader.request(), place, reader.key)
                #expect(try reader.verify([KeptCheckpoint(name: "cosigned", note: note)]).findings.isEmpty)
            }
            // Nobody else's signature is taken for the witness's.
            let reader = try reader(record)
            let other = try SignerKey(name: "witness.example.com/w1", .cosignature)
            var forged = try reader.request().checkpoint
            try forged.cosign(with: other, at: 1)
            let line = try #require(forged.signatures.last?.line)
            #expect(throws: LedgerError.self) { try reader.accept(Array(line.utf8), by: key) }
        }
    }

    @Test func rollbacksAndForksAreRefused() async throws {
        try await withDirectory { directory in
            let place = directory.appendingPathComponent("witness")
            let record = directory.appendingPathComponent("ledger")
            _ = try Witness.make(place, name: "w")
            try await fill(record, groups: 5)
            let older = directory.appendingPathComponent("older")
            try FileManager.default.copyItem(at: record, to: older)
            try await fill(record, groups: 5)
            let log = try reader(record).key
            let request = try reader(record).request()
            _ = try cosign(request, place, log)
            let seen = try #require(try Witness(place).last(of: log))
            let size = try Checkpoint(parsing: seen.text).size
            // Rolled back.
            let back = try reader(older).request()
            let oldSize = try Checkpoint(parsing: back.checkpoint.text).size
            #expect(throws: WitnessRequest.Refusal.rollback(from: size, to: oldSize)) { try cosign(back, place, log) }
            // Gone on from there with other entries, by the same key.
            try await fill(older, groups: 40)
            let fork = try reader(older).request(from: size)
            #expect(throws: WitnessRequest.Refusal.fork(size)) { try cosign(fork, place, log) }
            // As if nothing had ever been cosigned.
            let anew = try reader(older).request(from: 0)
            #expect(throws: WitnessRequest.Refusal.otherSize(size)) { try cosign(anew, place, log) }
            // Another log's key.
            let other = try SignerKey(name: log.name, .ed25519).verifier
            #expect(throws: WitnessRequest.Refusal.self) { try cosign(request, place, other) }
            // What the witness keeps is what it had seen.
            #expect(try Witness(place).last(of: log) == seen)
            // A witness that cannot read what it has seen cosigns nothing.
            let kept = try #require(
                try FileManager.default.contentsOfDirectory(atPath: place.path).first { $0.hasSuffix(".checkpoint") })
            try Data("rubbish".utf8).write(to: place.appendingPathComponent(kept))
            #expect(throws: LedgerError.self) { try cosign(request, place, log) }
        }
    }

    @Test(arguments: [
        "", "old 0\n", "old 00\n\n", "new 0\n\n", "old 0\nAAAA\n\n", "old -1\n\n",
    ])
    func whatIsNoRequestIsRefused(head: String) throws {
        let key = try SignerKey(name: "log", .ed25519)
        let note = try Checkpoint(origin: "log", size: 0, root: .ofNothing).signed(by: key)
        #expect(throws: NoteFailure.self) { try WitnessRequest(parsing: Array(head.utf8) + note.bytes) }
    }
}
