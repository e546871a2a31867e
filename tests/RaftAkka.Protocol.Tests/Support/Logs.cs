namespace RaftAkka.Protocol.Tests;

/// <summary>Logs written as the paper draws them: <c>Log(1, 1, 4)</c> has the entries 1@1, 2@1 and 3@4.</summary>
internal static class Logs
{
    public static EntryId Id(int index, int term) => new(new Term(term), new LogIndex(index));

    public static LogIndex At(int index) => new(index);

    public static LogTerms Log(params int[] terms)
    {
        var log = new LogTerms();
        log.Append(Entries(1, terms));
        return log;
    }

    public static LogSlice Entries(int from, params int[] terms) =>
        LogSlice.Of([.. terms.Select((term, i) => LogEntry.Create(Id(from + i, term), EntryKind.NoOp, []))]);
}
