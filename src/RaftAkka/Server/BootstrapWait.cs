using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>
/// What a server knows of the others while it awaits bootstrap: a new cluster begins once all of its servers agree, so one
/// that is missing, or that has another list of members, keeps all of them waiting. Says of whom it waits for, and why.
/// </summary>
internal sealed class BootstrapWait
{
    /// <summary>How long all is left to take its course before there is a warning.</summary>
    public static readonly TimeSpan WarnAfter = TimeSpan.FromSeconds(10);

    /// <summary>How long until the same is said again.</summary>
    public static readonly TimeSpan WarnAgainAfter = TimeSpan.FromMinutes(10);

    /// <summary>How long at least from one warning to the next, where the reasons change.</summary>
    public static readonly TimeSpan WarnAtMostEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(3);

    private readonly Dictionary<ServerId, Peer> _peers = [];
    private TimeSpan? _since;
    private TimeSpan? _warned;
    private string? _text;

    /// <summary>A server has spoken.</summary>
    public void Hear(ServerId server, TimeSpan now)
    {
        var peer = Of(server);
        (peer.Heard, peer.Unreachable) = (now, null);
    }

    /// <summary>The connection to a server failed.</summary>
    public void Unreachable(ServerId server, string reason) => Of(server).Unreachable = reason;

    /// <summary>A server has asked with its list of members.</summary>
    /// <param name="server">The server.</param>
    /// <param name="difference">How that differs from the own list; null where it does not.</param>
    /// <returns>Whether this is news that is worth a line of its own.</returns>
    public bool Compare(ServerId server, string? difference)
    {
        var peer = Of(server);
        var isNews = difference is not null && difference != peer.Told && peer.Comparisons < ComparisonsToldMax;
        if (isNews) (peer.Told, peer.Comparisons) = (difference, peer.Comparisons + 1);
        peer.Difference = difference;
        return isNews;
    }

    /// <summary>A server has answered whether it agrees.</summary>
    public void Answer(ServerId server, bool granted) => Of(server).Refuses = !granted;

    /// <summary>For whom the cluster waits, and why, in one sentence; null where nothing is known to be in the way.</summary>
    public string? Problem(IEnumerable<Member> others, TimeSpan now)
    {
        _since ??= now;
        var missing = others.Select(member => Reason(member, now)).OfType<string>().ToArray();
        return missing.Length == 0
            ? null
            : "the new cluster begins once all of its servers agree, and waits for: " + string.Join("; ", missing);
    }

    /// <summary>The warning that is due, or null.</summary>
    public string? Warning(IEnumerable<Member> others, TimeSpan now)
    {
        if (Problem(others, now) is not { } text || now - _since < WarnAfter) return null;

        var pause = text == _text ? WarnAgainAfter : WarnAtMostEvery;
        if (_warned is { } warned && now - warned < pause) return null;

        (_text, _warned) = (text, now);
        return text;
    }

    private const int ComparisonsToldMax = 3;

    private static string? Reason(Member member, Peer peer, TimeSpan now)
    {
        var name = $"{member.Id} ({member.Address})";
        if (peer.Difference is { } difference) return $"{name}, whose settings have other members: {difference}";
        if (peer.Heard is { } heard && now - heard < SilentAfter)
            return peer.Refuses
                ? $"{name}, which answers and does not agree: it belongs to a cluster already, or has other members; see its log"
                : null;
        return peer.Unreachable is { } reason ? $"{name}, which cannot be reached: {reason}" : $"{name}, which has not answered";
    }

    private string? Reason(Member member, TimeSpan now) => Reason(member, Of(member.Id), now);

    private Peer Of(ServerId server)
    {
        if (!_peers.TryGetValue(server, out var peer) && _peers.Count < Configuration.MembersMax)
            _peers[server] = peer = new Peer();
        return peer ?? new Peer();
    }

    private sealed class Peer
    {
        public TimeSpan? Heard { get; set; }

        public string? Unreachable { get; set; }

        public string? Difference { get; set; }

        public string? Told { get; set; }

        public int Comparisons { get; set; }

        public bool Refuses { get; set; }
    }
}
