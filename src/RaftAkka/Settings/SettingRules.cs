using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Wire;

namespace RaftAkka.Settings;

/// <summary>
/// What settings have to be, alone and together, wherever they come from. A rule is not asked where one of
/// its settings could not be read: that has been said, and what stands in its place is not what the person
/// wrote.
/// </summary>
internal sealed class SettingRules
{
    private static readonly TimeSpan DurationMax = TimeSpan.FromHours(24);

    private readonly Func<string, string> _nameOf;
    private readonly Predicate<string> _wasRead;
    private readonly List<string> _mistakes = [];

    private SettingRules(Func<string, string> nameOf, Predicate<string> wasRead) =>
        (_nameOf, _wasRead) = (nameOf, wasRead);

    /// <summary>The mistakes in a server's settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="nameOf">What the person calls a property: a key, or the property's own name.</param>
    /// <param name="wasRead">Whether a property has the person's value.</param>
    public static IReadOnlyList<string> Mistakes(
        RaftNodeSettings settings, Func<string, string> nameOf, Predicate<string> wasRead)
    {
        var rules = new SettingRules(nameOf, wasRead);
        rules.Check(settings);
        return rules._mistakes;
    }

    /// <summary>The mistakes in a client's settings; the parameters are the same.</summary>
    public static IReadOnlyList<string> Mistakes(
        RaftClientSettings settings, Func<string, string> nameOf, Predicate<string> wasRead)
    {
        var rules = new SettingRules(nameOf, wasRead);
        rules.Check(settings);
        return rules._mistakes;
    }

    /// <summary>Throws where there are mistakes.</summary>
    /// <param name="source">What the settings are called.</param>
    /// <param name="mistakes">Their mistakes.</param>
    public static void Require(string source, IReadOnlyList<string> mistakes)
    {
        if (mistakes.Count > 0) throw new RaftConfigurationException(source, mistakes);
    }

    private void Check(RaftNodeSettings node)
    {
        Given(nameof(node.Cluster), node.Cluster.Value);
        Given(nameof(node.Group), node.Group.Value);
        Given(nameof(node.Server), node.Server.Value);
        Given(nameof(node.DataDirectory), node.DataDirectory);
        CheckMembers(node);
        if (node.Listen is { } listen && AddressRules.MistakeOfForm(listen) is { } mistake && _wasRead(nameof(node.Listen)))
            _mistakes.Add($"{_nameOf(nameof(node.Listen))}: the address \"{listen}\" {mistake}");

        Duration(nameof(node.HeartbeatInterval), node.HeartbeatInterval);
        Duration(nameof(node.ElectionTimeoutMin), node.ElectionTimeoutMin);
        Duration(nameof(node.ElectionTimeoutMax), node.ElectionTimeoutMax);
        Duration(nameof(node.ClientIdleTimeout), node.ClientIdleTimeout);
        Duration(nameof(node.SessionTimeout), node.SessionTimeout);
        Rule(
            node.ElectionTimeoutMin < node.ElectionTimeoutMax,
            nameof(node.ElectionTimeoutMin), nameof(node.ElectionTimeoutMax),
            (min, max) => $"{min} ({Units.Duration(node.ElectionTimeoutMin)}) is not less than {max} "
                + $"({Units.Duration(node.ElectionTimeoutMax)}). Servers that wait equally long campaign at "
                + "the same time and take each other's votes: let the longest be twice the shortest.");
        Rule(
            node.HeartbeatInterval * 2 <= node.ElectionTimeoutMin,
            nameof(node.HeartbeatInterval), nameof(node.ElectionTimeoutMin),
            (heartbeat, min) =>
                $"{heartbeat} ({Units.Duration(node.HeartbeatInterval)}) is more than half of {min} "
                + $"({Units.Duration(node.ElectionTimeoutMin)}): one late heartbeat would start an election. "
                + "Take a fifth.");

        Rule(
            node.SessionTimeout <= TimeSpan.Zero || node.ClientIdleTimeout > DurationMax   // Told already.
                || node.ClientIdleTimeout <= node.SessionTimeout,
            nameof(node.SessionTimeout), nameof(node.ClientIdleTimeout),
            (session, idle) => $"{session} ({Units.Duration(node.SessionTimeout)}) is less than {idle} "
                + $"({Units.Duration(node.ClientIdleTimeout)}): sessions would expire whose clients do not count as "
                + "gone. Take ten times as much.");

        Rule(
            node.Reads != ReadMode.Lease
                || (node.ClockDrift >= TimeSpan.Zero
                    && node.ClockDrift + node.HeartbeatInterval < node.ElectionTimeoutMin),
            nameof(node.ClockDrift), nameof(node.ElectionTimeoutMin),
            (drift, min) => $"{drift} ({Units.Duration(node.ClockDrift)}) and one heartbeat leave nothing of {min} "
                + $"({Units.Duration(node.ElectionTimeoutMin)}) for a lease. Take a fifth.");
        Bytes(nameof(node.ReadsWaitingBytesMax), node.ReadsWaitingBytesMax, 64 * 1024, 1 << 30);

        Bytes(nameof(node.BatchBytesMax), node.BatchBytesMax, 1024, RecordCodec.PayloadBytesMax);
        Bytes(nameof(node.AppendBytesMax), node.AppendBytesMax, 1024, RecordCodec.PayloadBytesMax);
        Bytes(nameof(node.WindowBytesMax), node.WindowBytesMax, 64 * 1024, 1 << 30);
        Bytes(nameof(node.CacheBytesMax), node.CacheBytesMax, 64 * 1024, 1 << 30);
        Bytes(nameof(node.UncommittedBytesMax), node.UncommittedBytesMax, 64 * 1024, 1 << 30);
        Bytes(nameof(node.UnsyncedBytesMax), node.UnsyncedBytesMax, 64 * 1024, 1 << 30);
        Bytes(nameof(node.SegmentBytes), node.SegmentBytes, 64 * 1024, 1 << 30);
        Count(nameof(node.WindowEntriesMax), node.WindowEntriesMax);
        Count(nameof(node.BatchesInFlightMax), node.BatchesInFlightMax);
        Count(nameof(node.ClientsMax), node.ClientsMax);
        Count(nameof(node.ClientsPerHostMax), node.ClientsPerHostMax);
        Count(nameof(node.RegistrationsPerHostMax), node.RegistrationsPerHostMax);
        Count(nameof(node.SnapshotEveryEntries), node.SnapshotEveryEntries);
        Bytes(nameof(node.SnapshotEveryBytes), node.SnapshotEveryBytes, 64 * 1024, int.MaxValue);
        Rule(
            node.SnapshotKeepEntries >= 0, nameof(node.SnapshotKeepEntries),
            name => $"{name} is {node.SnapshotKeepEntries}; it takes 0 or more.");
        Count(nameof(node.SnapshotsKept), node.SnapshotsKept);
        Rule(
            node.AppendBytesMax <= node.WindowBytesMax,
            nameof(node.AppendBytesMax), nameof(node.WindowBytesMax),
            (append, window) => $"{append} ({Units.Bytes(node.AppendBytesMax)}) is more than {window} "
                + $"({Units.Bytes(node.WindowBytesMax)}): not one full message would fit. "
                + "Raise the window to several messages.");
    }

    private void CheckMembers(RaftNodeSettings node)
    {
        if (!_wasRead(nameof(node.Members))) return;

        var members = _nameOf(nameof(node.Members));
        if (node.Members.Count > WireLimits.MembersMax)
            _mistakes.Add(
                $"{members} has {node.Members.Count} servers; {WireLimits.MembersMax} are the most. "
                + "Usual are 3 or 5.");
        foreach (var member in node.Members)
            if (AddressRules.Mistake(member.Address) is { } mistake)
                _mistakes.Add($"{members}: the address \"{member.Address}\" of {member.Server} {mistake}");
        foreach (var same in Repeated(node.Members, member => member.Server.Value, StringComparer.Ordinal))
            _mistakes.Add(
                $"{members} has {same.Key} {same.Count()} times "
                + $"({Listed(same.Select(member => member.Address))}). Give each server an id of its own.");
        foreach (var same in Repeated(node.Members, it => it.Address, StringComparer.Ordinal))
            _mistakes.Add(
                $"{members} has the address \"{same.Key}\" {same.Count()} times "
                + $"({Listed(same.Select(member => member.Server.Value))}). "
                + "Give each server its own host or port.");
        Rule(
            node.Members.Any(member => member.Server == node.Server),
            nameof(node.Server), nameof(node.Members),
            (id, list) => $"{id} is {node.Server}, which is not in {list} "
                + $"({Listed(node.Members.Select(member => member.Server.Value))}). "
                + "Correct the one or add it to the other.");
    }

    private void Check(RaftClientSettings client)
    {
        Given(nameof(client.Cluster), client.Cluster.Value);
        Given(nameof(client.Group), client.Group.Value);
        Rule(
            client.Seeds.Count > 0, nameof(client.Seeds),
            name => $"{name} is empty. Give the address (host:port) of one server or more.");
        if (_wasRead(nameof(client.Seeds)))
        {
            var seeds = _nameOf(nameof(client.Seeds));
            foreach (var seed in client.Seeds)
                if (AddressRules.Mistake(seed) is { } mistake)
                    _mistakes.Add($"{seeds}: the address \"{seed}\" {mistake}");
            foreach (var same in Repeated(client.Seeds, seed => seed, StringComparer.Ordinal))
                _mistakes.Add(
                    $"{seeds} has the address \"{same.Key}\" {same.Count()} times. Remove all but one.");
        }

        Rule(
            client.ServerSystem.Length > 0
                && client.ServerSystem.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'),
            nameof(client.ServerSystem),
            name => $"{name} is '{client.ServerSystem}'. An actor system's name has letters, digits, dashes "
                + "and underscores: write that of the servers' system.");
        Duration(nameof(client.Timeout), client.Timeout);
        Duration(nameof(client.ServerTimeout), client.ServerTimeout);
        Duration(nameof(client.KeepAliveInterval), client.KeepAliveInterval);
        Rule(
            client.ServerTimeout < client.Timeout, nameof(client.ServerTimeout), nameof(client.Timeout),
            (server, call) => $"{server} ({Units.Duration(client.ServerTimeout)}) is not less than {call} "
                + $"({Units.Duration(client.Timeout)}): a call would end before a second server is tried. "
                + "Take a tenth.");
        Bytes(nameof(client.BatchBytesMax), client.BatchBytesMax, 1024, RecordCodec.PayloadBytesMax);
        Count(nameof(client.BatchesInFlightMax), client.BatchesInFlightMax);
        Count(nameof(client.CallsInFlightMax), client.CallsInFlightMax);
    }

    private void Given(string property, string value) =>
        Rule(value.Length > 0, property, name => $"{name} is missing. It has no default.");

    private void Duration(string property, TimeSpan duration) => Rule(
        duration > TimeSpan.Zero && duration <= DurationMax, property,
        name => $"{name} is {Units.Duration(duration)}; "
            + $"it takes more than 0 and at most {Units.Duration(DurationMax)}.");

    private void Bytes(string property, int bytes, int least, int most) => Rule(
        bytes >= least && bytes <= most, property,
        name => $"{name} is {Units.Bytes(bytes)}; it takes {Units.Bytes(least)} to {Units.Bytes(most)}.");

    private void Count(string property, int count) =>
        Rule(count > 0, property, name => $"{name} is {count}; it takes 1 or more.");

    private void Rule(bool holds, string property, Func<string, string> mistake)
    {
        if (!holds && _wasRead(property)) _mistakes.Add(mistake(_nameOf(property)));
    }

    private void Rule(bool holds, string first, string second, Func<string, string, string> mistake)
    {
        if (!holds && _wasRead(first) && _wasRead(second))
            _mistakes.Add(mistake(_nameOf(first), _nameOf(second)));
    }

    private static IEnumerable<IGrouping<string, T>> Repeated<T>(
        IEnumerable<T> items, Func<T, string> by, StringComparer comparer) =>
        items.GroupBy(by, comparer).Where(same => same.Count() > 1);

    private static string Listed(IEnumerable<string> items) => string.Join(", ", items);
}
