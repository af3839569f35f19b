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

    /// Each witness has its own files: what one was asked and has said is no matter of the others.
    @Test func witnessesAreAskedAtOnce() async throws {
        try await withDirectory { directory in
            let record = directory.appendingPathComponent("ledger")
            let places = ["w1", "w2"].map { directory.appendingPathComponent($0) }
            let keys = try places.map { try Witness.make($0, name: "witness.example.com/\($0.lastPathComponent)") }
            for _ in 0..<2 {
                var requests: [WitnessRequest] = []
                for key in keys {
                    try await fill(record, groups: 3)
                    requests.append(try reader(record).request(of: key))
                }
                for (index, request) in requests.enumerated() {
                    let line = try cosign(request, places[index], reader(record).key).line
                    // Not in another's name.
                    #expect(throws: LedgerError.self) { try reader(record).accept(Array(line.utf8), by: keys[1 - index]) }
                    #expect(try reader(record).accept(Array(line.utf8), by: keys[index]).text == request.checkpoint.text)
                }
                for (key, request) in zip(keys, requests) {
                    #expect(try reader(record).cosigned(by: key)?.text == request.checkpoint.text)
                }
                #expect(try reader(record).cosigned()?.text == requests[1].checkpoint.text)
                #expect(try reader(record).verify().findings.isEmpty)
            }
            // Both of the same checkpoint: a proof against it has both signatures.
            let request = try reader(record).request(of: keys[0], from: nil)
            let line = try cosign(request, places[0], reader(record).key).line
            _ = try reader(record).accept(Array(line.utf8), by: keys[0])
            let other = try cosign(try reader(record).request(of: keys[1]), places[1], reader(record).key).line
            _ = try reader(record).accept(Array(other.utf8), by: keys[1])
            let both = try #require(try reader(record).cosigned())
            for key in keys { try both.verify(by: key) }
            #expect(both.signatures.count == 3)
        }
    }

    /// A request may carry as many signatures as a note may have: the witness's own must fit beside them.
    @Test func aRequestFullOfSignaturesIsAnsweredAndRemembered() async throws {
        try await withDirectory { directory in
            let place = directory.appendingPathComponent("witness")
            let record = directory.appendingPathComponent("ledger")
            let key = try Witness.make(place, name: "w")
            try await fill(record, groups: 3)
            let log = try reader(record).key
            let plain = try reader(record).request(of: key)
            var note = plain.checkpoint
            for id in 1..<UInt32(SignedNote.mostSignatures) {
                note.add(SignedNote.Signature(name: "other", id: id, bytes: [UInt8](repeating: 0, count: 72)))
            }
            #expect(note.signatures.count == SignedNote.mostSignatures)
            let full = WitnessRequest(old: plain.old, proof: plain.proof, checkpoint: note)
            let line = try cosign(full, place, log).line
            // Nor is what comes with the answer kept.
            let noise = (1..<150).map { SignedNote.Signature(name: "x", id: $0, bytes: [0]).line }.joined()
            #expect(try reader(record).accept(Array((noise + line).utf8), by: key).signatures.count == 2)
            let last = try #require(try Witness(place).last(of: log))
            #expect(last.signatures.count == 2)
            try await fill(record, groups: 3)
            _ = try cosign(try reader(record).request(of: key), place, log)
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
