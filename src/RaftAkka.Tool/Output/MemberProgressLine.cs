using System.Globalization;
using RaftAkka.Client;

namespace RaftAkka.Tool.Output;

/// <summary>How a server catches up, on one line: again and again on a terminal, and where it is news elsewhere.</summary>
internal sealed class MemberProgressLine(ToolConsole console)
{
    private string _shown = "";

    public void Show(ClusterMember member)
    {
        var text = $"{member.Server}: {Text(member)}";
        if (text == _shown) return;

        _shown = text;
        if (console.UsesColour) console.Error.Write(Colours.LineAgain + text);
        else console.Error.WriteLine(text);
    }

    public void End()
    {
        if (_shown.Length > 0 && console.UsesColour) console.Error.Write(Colours.LineAgain);
    }

    public static string Text(ClusterMember member)
    {
        if (member.SilentFor > TimeSpan.FromSeconds(2))
            return string.Create(
                CultureInfo.InvariantCulture, $"the leader has not heard it for {member.SilentFor.TotalSeconds:0} s");

        if (!member.IsProgressKnown) return "not known yet";
        return member.SnapshotPercent is { } percent
            ? $"receives a snapshot, {percent} %"
            : $"has {member.Match}, {member.Behind} entries behind";
    }
}
