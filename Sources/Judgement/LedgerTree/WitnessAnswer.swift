/// What a witness answers over HTTP (C2SP tlog-witness, add-checkpoint).
package struct WitnessAnswer: Hashable, Sendable {
    /// The status code.
    package let status: Int
    /// The body's type.
    package let type: String
    /// The body.
    package let body: String

    private init(_ status: Int, _ body: String, type: String = "text/plain; charset=utf-8") {
        self.status = status
        self.type = type
        self.body = body
    }

    /// It has cosigned.
    package init(_ signature: SignedNote.Signature) {
        self.init(200, signature.line)
    }

    /// It does not cosign. Whoever proves from another size than the one cosigned last is told that one,
    /// also for a checkpoint over fewer lines.
    package init(_ refusal: WitnessRequest.Refusal) {
        switch refusal {
        case .unbelieved: self.init(403, "\(refusal)\n")
        case .otherSize(let size), .rollback(from: let size, to: _):
            self.init(409, "\(size)\n", type: "text/x.tlog.size")
        case .fork: self.init(422, "\(refusal)\n")
        }
    }

    /// The request is none.
    package init(_ failure: NoteFailure) {
        self.init(400, "this is no request: \(failure)\n")
    }

    /// The checkpoint is of a log that the witness does not know.
    package static let unknownLog = WitnessAnswer(404, "this witness does not know that log\n")
    /// Something else was asked for.
    package static let elsewhere = WitnessAnswer(404, "here is POST /add-checkpoint\n")
    /// It was asked by another method.
    package static let otherMethod = WitnessAnswer(405, "checkpoints are sent by POST\n")
    /// What it has cosigned cannot be kept, so it does not cosign.
    package static let failed = WitnessAnswer(500, "the witness cannot keep what it cosigns\n")
}
