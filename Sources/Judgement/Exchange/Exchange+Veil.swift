import EngineAPI

/// What a grant hides is taken out of whatever an answer would show.
extension Exchange {
    /// Whole lines of events as the client may see them.
    package func veiled(lines: [UInt8]) -> [UInt8] {
        veil?.show(lines: lines) ?? lines
    }

    /// An answer that was collected, or nil when it cannot be shown.
    func veiled(_ body: [UInt8], _ view: AnswerView) -> [UInt8]? {
        guard let veil else { return body }
        if case .failure = view { return veil.coversFailures ? Veil.failure : body }
        return veil.isWhole ? veil.show(body) : body
    }

    /// A part of an answer has come whose head the client has already.
    mutating func lateReceived(_ part: [UInt8], isWhole: Bool) -> [UInt8]? {
        guard let veil, late.count + part.count <= bodyLimit else { return nil }
        late += part
        return isWhole ? veil.show(late) : []
    }
}

extension AnswerView {
    /// The view of an answer that passes as it is but for what the grant hides.
    init?(_ veil: Veil?, of operation: Operation?) {
        guard let veil, let operation else { return nil }
        if veil.isWhole {
            self = .whole(status: operation.creates == nil ? 200 : 201)
        } else if veil.rule == .lateMembers {
            self = .late
        } else {
            return nil
        }
    }
}
