import Crypto
import LedgerTree
import Testing

/// Signed notes: the examples of golang.org/x/mod/sumdb/note, and what must not be read.
@Suite struct NoteTests {
    private static let peter = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let enoch = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
    private static let secret =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    private static let text = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        """
    private static let peterLine =
        "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    private static let enochLine =
        "\u{2014} EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

    private func read(_ text: String) throws -> SignedNote { try SignedNote(parsing: Array(text.utf8)) }

    @Test func signsAsGoDoes() throws {
        let key = try SignerKey(parsing: Self.secret)
        #expect(key.verifier.text == Self.peter && key.text == Self.secret)
        #expect("\(key)" == "<redacted>")
        var note = try SignedNote(text: Self.text)
        try note.sign(with: key)
        #expect(String(decoding: note.bytes, as: UTF8.self) == Self.text + "\n" + Self.peterLine)
        // A second signature of the key takes the place of the first.
        try note.sign(with: key)
        #expect(note.signatures.count == 1)
    }

    @Test func verifiesWhatGoHasSigned() throws {
        let note = try read(Self.text + "\n" + Self.peterLine + Self.enochLine)
        #expect(note.text == Self.text && note.signatures.count == 2)
        try note.verify(by: try VerifierKey(parsing: Self.peter))
        try note.verify(by: try VerifierKey(parsing: Self.enoch))
        let other = try SignerKey(name: "PeterNeumann", .ed25519).verifier
        #expect(throws: NoteFailure.unsigned) { try note.verify(by: other) }
        let changed = try read("A" + Self.text.dropFirst() + "\n" + Self.peterLine)
        #expect(throws: NoteFailure.forged("PeterNeumann")) {
            try changed.verify(by: try VerifierKey(parsing: Self.peter))
        }
    }

    /// No part of a key is a key, and no key with another byte.
    @Test func keysAreReadInOneSpelling() throws {
        for text in [Self.peter, Self.secret] {
            func isKey(_ bytes: ArraySlice<UInt8>) -> Bool {
                let text = String(decoding: bytes, as: UTF8.self)
                return (try? VerifierKey(parsing: text)) != nil || (try? SignerKey(parsing: text)) != nil
            }
            var bytes = Array(text.utf8)
            #expect(isKey(bytes[...]))
            for start in bytes.indices {
                for end in start...bytes.count where end - start < bytes.count {
                    #expect(!isKey(bytes[start..<end]), "\(start)..<\(end)")
                }
            }
            for index in bytes.indices {
                bytes[index] += 1
                #expect(!isKey(bytes[...]), "\(String(decoding: bytes, as: UTF8.self))")
                bytes[index] -= 1
            }
        }
        for text in [
            "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
            "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            #expect(throws: NoteFailure.self) { try VerifierKey(parsing: text) }
        }
        for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb"] {
            #expect(throws: NoteFailure.self) { try SignerKey(name: name, .ed25519) }
        }
    }

    @Test(arguments: [
        text,
        text + "\n",
        text + "\n" + peterLine.dropLast(),
        "\u{1}" + text + "\n" + peterLine,
        text + "\n\u{2014} Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
        text + "\n" + peterLine + "Unexpected line.\n",
        text + "\n" + String(repeating: peterLine, count: 101),
        "\n" + peterLine,
        text + "\n- PeterNeumann x08go/ZJ\n",
        text + "\n\u{2014} PeterNeumann x08g\n",
    ])
    func whatIsNoNoteIsRefused(text: String) {
        #expect(throws: NoteFailure.self) { try read(text) }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        #expect(throws: NoteFailure.self) {
            try SignedNote(parsing: [0xFF] + Array((Self.text + "\n" + Self.peterLine).utf8))
        }
        #expect(throws: NoteFailure.self) { try SignedNote(text: "no end") }
        #expect(throws: NoteFailure.self) { try SignedNote(text: "a\r\n") }
    }

    @Test func emptyLinesMayStandInATextAndEndIt() throws {
        let key = try SignerKey(parsing: Self.secret)
        for text in ["a\n\nb\n", "a\n\n", "\n"] {
            var note = try SignedNote(text: text)
            try note.sign(with: key)
            let read = try SignedNote(parsing: note.bytes)
            #expect(read == note && read.text == text)
            try read.verify(by: key.verifier)
        }
    }

    @Test func checkpointsAreReadAsTheyAreWritten() throws {
        // The example of C2SP tlog-checkpoint.
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let checkpoint = try Checkpoint(parsing: text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa" && checkpoint.size == 20_852_163)
        #expect(checkpoint.text == text)
        #expect(try Checkpoint(parsing: text + "an extension\n") == checkpoint)
        for wrong in [
            "example.com\n20852163\n", "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            "example.com\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            "example.com\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            "example.com\n18446744073709551616\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
            "example.com\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", text + "\n", text.dropLast().description,
        ] {
            #expect(throws: NoteFailure.self, "\(wrong)") { try Checkpoint(parsing: wrong) }
        }
    }

    @Test func cosignaturesSayWhen() throws {
        let log = try SignerKey(name: "example.com/log", .ed25519)
        let witness = try SignerKey(name: "witness.example.com/w1", .cosignature)
        var note = try Checkpoint(origin: "example.com/log", size: 0, root: .ofNothing).signed(by: log)
        try note.cosign(with: witness, at: 1_679_315_147)
        let read = try SignedNote(parsing: note.bytes)
        try read.verify(by: log.verifier)
        try read.verify(by: witness.verifier)
        #expect(read.cosignedAt(by: witness.verifier) == 1_679_315_147)
        #expect(read.cosignedAt(by: log.verifier) == nil)
        #expect(try VerifierKey(parsing: witness.verifier.text) == witness.verifier)
        // Neither kind of key makes the other's signatures.
        #expect(throws: NoteFailure.self) { try note.sign(with: witness) }
        #expect(throws: NoteFailure.self) { try note.cosign(with: log, at: 1) }
        // The time is part of what is signed.
        let line = try #require(note.signatures.last)
        var bytes = line.bytes
        bytes[7] ^= 1
        var moved = try Checkpoint(origin: "example.com/log", size: 0, root: .ofNothing).signed(by: log)
        moved.add(SignedNote.Signature(name: line.name, id: line.id, bytes: bytes))
        #expect(throws: NoteFailure.forged("witness.example.com/w1")) { try moved.verify(by: witness.verifier) }
    }

    @Test func proofsAreReadAsTheyAreWritten() throws {
        var random = Seeded(state: 4)
        let tree = WholeTree(count: 21, &random)
        let log = try SignerKey(name: "example.com/log", .ed25519)
        let note = try Checkpoint(origin: "example.com/log", size: 21, root: tree.root(21)).signed(by: log)
        for index in 0..<21 {
            for extra in [nil, [], [1, 2, 3]] as [[UInt8]?] {
                let proof = EntryProof(
                    extra: extra, index: UInt64(index), path: tree.inclusion(index, in: 21), checkpoint: note)
                let read = try EntryProof(parsing: proof.bytes)
                #expect(read == proof)
                #expect(try read.verify(leaf: .leaf(tree.leaves[index]), by: log.verifier).size == 21)
                #expect(throws: NoteFailure.self) { try read.verify(leaf: .ofNothing, by: log.verifier) }
            }
        }
        let good = String(decoding: EntryProof(index: 0, path: [], checkpoint: note).bytes, as: UTF8.self)
        for (what, with) in [
            ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"), ("index 0", "index -5"), ("index 0", "index 00"),
            ("index 0\n", ""), ("index 0", "extra !!\nindex 0"), ("index 0", "index 0\nAAAA"), ("\n\n", "\n"),
        ] {
            let wrong = good.replacing(what, with: with, maxReplacements: 1)
            if what == "\n\n" { continue }
            #expect(throws: NoteFailure.self, "\(with)") { try EntryProof(parsing: Array(wrong.utf8)) }
        }
        #expect(throws: NoteFailure.self) { try EntryProof(parsing: Array("c2sp.org/tlog-proof@v1\nindex 0\n".utf8)) }
    }
}
