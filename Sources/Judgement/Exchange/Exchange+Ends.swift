import Wire

/// Either side ends.
extension Exchange {
    /// The client sends no more.
    package mutating func clientEnded() -> Action {
        clientHasEnded = true
        switch state {
        case .switched(false, let engineEnded):
            state = engineEnded ? .over : .switched(clientEnded: true, engineEnded: false)
            return engineEnded ? .finish(.close) : .endEngineInput
        case .collecting: return refuse(Answer(BodyFailure.incomplete))
        case .open(let open) where !open.bodyEnded && open.contents == nil: return abort()
        case .open where operation?.isLive == true: return abort()
        case .idle: return abort()
        case .judging, .recording, .open, .switched, .over: return .wait
        }
    }

    /// The engine sends no more.
    package mutating func engineEnded() -> Action {
        switch state {
        case .switched(let clientEnded, false):
            state = clientEnded ? .over : .switched(clientEnded: clientEnded, engineEnded: true)
            return clientEnded ? .finish(.close) : .endClientInput
        case .idle, .collecting, .judging, .recording, .open, .switched, .over: return abort()
        }
    }

    /// The engine's connection is gone: for a raw stream that is its end.
    package mutating func engineClosed() -> Action {
        guard case .switched = state else { return abort() }
        state = .over
        return .finish(.close)
    }

    /// One side is gone, or an authority has ended.
    package mutating func abort() -> Action {
        if case .over = state { return .wait }
        state = .over
        return .finish(.abort)
    }

    /// Answers and ends. The connection serves on only when nothing of the request is unread.
    mutating func refuse(_ answer: Answer) -> Action {
        let isWhole = head?.framing == BodyFraming.none || hasCollectedBody
        state = .over
        return .answer(
            answer, Ending(keepClient: isWhole && head?.persistent == true, keepEngine: false))
    }
}
