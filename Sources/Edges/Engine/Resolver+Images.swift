import Acts
import EngineAPI
import JSON

/// What names of images mean: to who knows the engine's own, and to tenants, each of which has its own.
extension Resolver {
    /// What a reference means to a tenant.
    ///
    /// A name that another tenant has is asked for like one that nobody has: the engine knows neither.
    ///
    /// - Parameters:
    ///   - reference: What is asked about.
    ///   - tenant: Who asks.
    ///   - prefix: The version's path.
    ///   - completion: Called once, on the loop.
    func view(
        _ reference: Reference, for tenant: String, _ prefix: String,
        _ completion: @escaping (Result<Finding, EngineFailure>) -> Void
    ) {
        guard let name = Self.name(reference.text) else {
            return completion(.success(.absent))
        }
        if let meant = names.find(tenant, name) {
            return ask(.image, meant.id, prefix) { result in
                completion(
                    result.map { value in
                        guard let image = value.flatMap(InspectedImage.init) else { return .absent }
                        return self.own(image, meant, name, tenant)
                    })
            }
        }
        ask(.image, reference.text, prefix) { result in
            completion(
                result.map { value in
                    guard let image = value.flatMap(InspectedImage.init) else { return .absent }
                    return reference.use == .makes
                        ? self.taken(image, name, tenant) : self.visible(image, name, tenant)
                })
        }
    }

    /// What a client calls an image, if it may call it so.
    private static func name(_ text: String) -> ImageName? {
        let name: ImageName
        do {
            name = try ImageName(parsing: text)
        } catch {
            return nil
        }
        if case .reference(let reference, _) = name, ImageAnchor.isReserved(reference) {
            return nil
        }
        return name
    }

    private func own(
        _ image: InspectedImage, _ meant: ImageNames.Meant, _ name: ImageName, _ tenant: String
    ) -> Finding {
        var canonical: String?
        if case .reference(let reference, _) = name,
            names.own(tenant, image.id)?.references.contains(reference.canonical) == true
        {
            canonical = reference.canonical
        }
        return Finding(
            resolution: .found(id: image.id, tenant: tenant),
            image: ImageFinding(
                owners: [tenant], isShared: false, soleOwner: tenant, of: image, name: canonical,
                anchor: meant.anchor))
    }

    /// A name that the engine itself has is nobody's to make anew, but for whose label the image has.
    private func taken(
        _ image: InspectedImage, _ name: ImageName, _ tenant: String
    ) -> Finding {
        guard case .reference(let reference, _) = name,
            image.names.contains(where: {
                names.isShared($0) && ImageReference($0)?.canonical == reference.canonical
            })
        else { return .absent }
        let sole = image.tenant
        return Finding(
            resolution: .found(id: image.id, tenant: sole),
            image: ImageFinding(
                owners: Set([sole].compactMap(\.self)), isShared: sole == nil, soleOwner: sole,
                of: image, name: reference.canonical))
    }

    /// What the engine has found, as far as the tenant sees it.
    private func visible(
        _ image: InspectedImage, _ name: ImageName, _ tenant: String
    ) -> Finding {
        // Whoever reaches the engine itself may say by the label whose an image is, named or not.
        let isOthers = image.tenant.map { $0 != tenant } ?? false
        let shared =
            isOthers
            ? [] : image.names.filter(names.isShared).compactMap { ImageReference($0)?.canonical }
        if case .reference(let reference, let beginning) = name {
            if shared.contains(reference.canonical) {
                return Finding(
                    resolution: .found(id: image.id, tenant: nil),
                    image: ImageFinding(
                        owners: [], isShared: true, soleOwner: nil, of: image,
                        name: reference.canonical))
            }
            let digits = image.id.split(separator: ":").last ?? ""
            let isBeginning = beginning.map { digits.hasPrefix($0) } ?? false
            // The engine's name is another tenant's for the moment.
            guard isBeginning || reference.digest != nil else { return .absent }
        }
        let isOwn =
            names.own(tenant, image.id) != nil || names.isUsed(tenant, image.id)
            // What a build has left without any name says by its label whose it is.
            || (image.tenant == tenant && image.names.isEmpty)
        guard isOwn || !shared.isEmpty else { return .absent }
        let sole = isOwn && shared.isEmpty && !names.isHeld(image.id) ? tenant : nil
        return Finding(
            resolution: .found(id: image.id, tenant: sole),
            image: ImageFinding(
                owners: isOwn ? [tenant] : [], isShared: !shared.isEmpty, soleOwner: sole,
                of: image, name: nil))
    }

    /// What a reference means to who knows the engine's own names.
    static func engineImage(_ text: String, _ value: JSONValue) -> Finding {
        guard let image = InspectedImage(value) else { return .absent }
        let own = ImageReference(text)?.canonical
        let all = image.names.compactMap { ImageReference($0)?.canonical }
        return Finding(
            resolution: .found(id: image.id, tenant: nil),
            image: ImageFinding(
                owners: [], isShared: true, soleOwner: nil, of: image,
                name: own.flatMap { all.contains($0) ? $0 : nil }))
    }
}

extension ImageFinding {
    fileprivate init(
        owners: Set<String>, isShared: Bool, soleOwner: String?, of image: InspectedImage,
        name: String?, anchor: ImageAnchor? = nil
    ) {
        self.init(
            owners: owners, isShared: isShared, soleOwner: soleOwner, labels: image.labels,
            triggers: image.triggers, platform: image.platform,
            healthInterval: image.healthInterval, healthStartInterval: image.healthStartInterval,
            name: name, anchor: anchor)
    }
}
