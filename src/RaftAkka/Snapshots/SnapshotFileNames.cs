using System.Globalization;
using System.Text.RegularExpressions;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>The names of the files in a directory of snapshots; any other file there is nobody's business.</summary>
internal static partial class SnapshotFileNames
{
    private const string Unfinished = ".new";
    private const string SetAside = ".damaged";

    /// <summary>A finished snapshot. Such names sort as the snapshots do.</summary>
    public static string Of(EntryId last) => string.Create(
        CultureInfo.InvariantCulture, $"snapshot-{last.Index.Value:D20}-{last.Term.Value:D10}.raft");

    /// <summary>A snapshot that is being written; what has such a name at a start is removed.</summary>
    public static string UnfinishedOf(EntryId last) => Of(last) + Unfinished;

    /// <summary>One that is damaged, for a person to look at.</summary>
    public static string SetAsideOf(EntryId last) => Of(last) + SetAside;

    /// <summary>One that is being received. Whatever has this name is the beginning of the same snapshot.</summary>
    public static string ReceivedOf(StoredSnapshot announced) => string.Create(CultureInfo.InvariantCulture,
        $"receive-{announced.Last.Index.Value:x}-{announced.Last.Term.Value:x}-{announced.Bytes:x}-{announced.Checksum:x8}");

    public static EntryId? FinishedIn(string name) => Parse(FinishedName(), name, NumberStyles.None);

    public static EntryId? SetAsideIn(string name) =>
        name.EndsWith(SetAside, StringComparison.Ordinal) ? FinishedIn(name[..^SetAside.Length]) : null;

    public static EntryId? ReceivedIn(string name) => Parse(ReceivedName(), name, NumberStyles.AllowHexSpecifier);

    public static bool IsUnfinished(string name) =>
        name.EndsWith(Unfinished, StringComparison.Ordinal) && FinishedIn(name[..^Unfinished.Length]) is not null;

    /// <summary>Whether a file is, was, or was to become a snapshot.</summary>
    public static bool IsAny(string name) =>
        FinishedIn(name) is not null || IsUnfinished(name) || SetAsideIn(name) is not null || ReceivedIn(name) is not null;

    private static EntryId? Parse(Regex pattern, string name, NumberStyles style) =>
        pattern.Match(name) is { Success: true } match
        && long.TryParse(match.Groups["index"].ValueSpan, style, CultureInfo.InvariantCulture, out var index)
        && long.TryParse(match.Groups["term"].ValueSpan, style, CultureInfo.InvariantCulture, out var term)
            ? new EntryId(new Term(term), new LogIndex(index))
            : null;

    [GeneratedRegex(@"\Asnapshot-(?<index>[0-9]{20})-(?<term>[0-9]{10,19})\.raft\z")]
    private static partial Regex FinishedName();

    [GeneratedRegex(@"\Areceive-(?<index>[0-9a-f]{1,16})-(?<term>[0-9a-f]{1,16})-[0-9a-f]{1,12}-[0-9a-f]{8}\z")]
    private static partial Regex ReceivedName();
}
