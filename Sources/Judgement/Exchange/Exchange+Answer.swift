package import EngineAPI
package import Wire

/// The engine's answer, as far as the client may see it.
extension Exchange {
    /// The client's streamed body has been passed on to its end.
    package mutating func bodyEnded() {
        guard case .open(var open) = state else { return }
        open.bodyEnded = true
        state = .open(open)
    }

    /// The engine could not be reached, or closed before it answered.
    ///
    /// - Parameters:
    ///   - reason: What failed, naming the socket.
    ///   - status: The status code for the client.
    /// - Returns: To answer, or to break off what has begun.
    package mutating func engineFailed(_ reason: String, status: Int) -> Action {
        guard case .open(let open) = state else { return abort() }
        guard open.relayed == nil else { return abort() }
        return refuse(Answer(status: status, message: "quaymaster: \(reason)"))
    }

    /// The engine's answer has begun.
    package mutating func answered(_ answer: ResponseHead) -> Action {
        guard case .open(var open) = state, let head else { return abort() }
        if answer.status < 200, answer.status != 101 { return .wait }
        if hijacks, Self.consents(answer) {
            state = .switched(clientEnded: clientHasEnded, engineEnded: false)
            return .switchProtocols(
                head: RelayHead.switching(answer), clientHasEnded: clientHasEnded)
        }
        // The engine must not switch what was not judged as a hijack.
        guard answer.status != 101 else {
            return refuse(
                Answer(status: 502, message: "quaymaster: the engine switched protocols unasked"))
        }
        open.relayed = answer
        let close = !keepsClient(open)
        open.saidClose = close
        state = .open(open)
        if answer.status >= 400, head.method != .head, answer.framing != .none {
            // Nothing else is said of a failure.
            open.view = failures
            state = .open(open)
            if failures != nil { return .relay(.collect(limit: bodyLimit)) }
        }
        if let view = open.view, answer.status == view.status {
            let bytes = RelayHead.answer(
                answer, framing: .chunked, close: close, isHead: false)
            switch view {
            case .events: return .relay(.events(head: bytes))
            case .list(let kind, _, let limit, let images):
                sieve = ListSieve(
                    kind, limit: limit, named: nameFilter, veil: veil, images: images)
                return .relay(.list(head: bytes))
            case .lines: return .relay(.lines(head: bytes))
            case .progress: return .relay(.progress(head: bytes))
            case .late: return .relay(.list(head: bytes))
            case .info, .container, .network, .volume, .service, .exec, .made, .untagged, .tagged,
                .image,
                .named, .failure, .whole:
                return .relay(.collect(limit: bodyLimit * 8))
            }
        }
        switch answer.framing {
        case .untilClose:
            let bytes = RelayHead.answer(
                answer, framing: .chunked, close: close, isHead: false)
            return .relay(.chunked(head: bytes))
        case .none, .length, .chunked:
            let bytes = RelayHead.answer(
                answer, framing: answer.framing, close: close, isHead: head.method == .head)
            return .relay(.asFramed(head: bytes))
        }
    }

    /// The tenant to which lists and streams are narrowed.
    package var narrowedTo: String? { AnswerView.tenant(permit) }

    /// An answer that tells of what was made is whole, and not shown yet.
    package func makingAnswered(_ body: [UInt8]) -> MadeObject? {
        guard case .open(let open) = state else { return nil }
        return open.view?.made(body)
    }

    /// An answer that had to be collected is whole.
    ///
    /// - Parameters:
    ///   - body: What the engine answered.
    ///   - isSeen: Tells whether the identity may see an exec.
    ///   - owners: Whose things are.
    /// - Returns: The head and body to write, or nil when the answer cannot be shown.
    package mutating func answerCollected(
        _ body: [UInt8], isSeen: (String) -> Bool = { _ in false },
        seeing owners: Owners = Owners()
    ) -> [UInt8]? {
        guard case .open(let open) = state, let answer = open.relayed, let view = open.view,
            let seen = view.show(body, isSeen: isSeen, owners, imageTelling),
            var shown = veiled(seen, view)
        else { return nil }
        if let names = owners.names { shown = names.told(shown, hidesUnknown: view.hidesUnknown) }
        madeExec = view.madeExec(body)
        return RelayHead.answer(
            answer, framing: .length(shown.count), close: open.saidClose, isHead: false)
            + shown
    }

    /// A part of a list has come.
    ///
    /// - Parameters:
    ///   - part: What the engine sent.
    ///   - isWhole: True when nothing follows.
    ///   - owners: Whose things are.
    /// - Returns: What the client sees of it, or nil when the list is none.
    package mutating func listReceived(
        _ part: [UInt8], isWhole: Bool, seeing owners: Owners = Owners()
    ) -> [UInt8]? {
        guard case .open(let open) = state else { return nil }
        if case .late? = open.view { return lateReceived(part, isWhole: isWhole) }
        guard case .list(_, let tenant, _, _)? = open.view, sieve != nil else { return nil }
        do {
            let shown = try sieve?.receive(part, showing: tenant, seeing: owners)
            if isWhole { try sieve?.finish() }
            return shown
        } catch {
            return nil
        }
    }

    /// What the engine has done cannot be kept; nothing of its answer has been written.
    package mutating func answerRefused(_ reason: String) -> Action {
        guard case .open(let open) = state, open.view != nil else { return abort() }
        return refuse(Answer(status: 500, message: "quaymaster: \(reason)"))
    }

    /// An answer that had to be collected cannot be shown; nothing of it has been written.
    package mutating func answerUnreadable() -> Action {
        guard case .open(let open) = state, open.view != nil else { return abort() }
        return refuse(
            Answer(
                status: 502,
                message: "quaymaster: the engine's answer cannot be read, so it is not shown"))
    }

    /// The engine's answer has ended as its framing promised.
    package mutating func answerEnded() -> Action {
        guard case .open(let open) = state, let answer = open.relayed else { return abort() }
        state = .over
        return .finish(
            Ending(
                keepClient: !open.saidClose, keepEngine: answer.persistent && open.bodyEnded))
    }

    /// A request whose body was not read to its end cannot be followed by another.
    func keepsClient(_ open: Open) -> Bool {
        open.bodyEnded && head?.persistent == true
    }

    /// True when the engine agrees to a raw stream: 101, or a 200 that has no framing.
    private static func consents(_ answer: ResponseHead) -> Bool {
        if answer.status == 101 { return true }
        let type = answer.fields[.contentType] ?? ""
        return answer.status == 200 && answer.framing == .untilClose
            && type.hasPrefix("application/vnd.docker.")
    }
}
