using System.Globalization;

namespace RaftAkka.Benchmarks.Watch;

/// <summary>What Linux has counted for some processes. The threads that have ended are missing.</summary>
internal readonly record struct ProcessReading(long Voluntary, long Involuntary, long Reads, long Writes)
{
    public static ProcessReading operator -(ProcessReading end, ProcessReading start) => new(
        end.Voluntary - start.Voluntary, end.Involuntary - start.Involuntary,
        end.Reads - start.Reads, end.Writes - start.Writes);

    public static ProcessReading Of(IEnumerable<int> processes)
    {
        var sum = default(ProcessReading);
        foreach (var process in processes)
        {
            var (voluntary, involuntary) = SwitchesOf(process);
            var io = NumbersIn(File.ReadLines($"/proc/{process}/io"));
            sum = new ProcessReading(
                sum.Voluntary + voluntary, sum.Involuntary + involuntary, sum.Reads + io["syscr"], sum.Writes + io["syscw"]);
        }
        return sum;
    }

    private static (long Voluntary, long Involuntary) SwitchesOf(int process)
    {
        var (voluntary, involuntary) = (0L, 0L);
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            try
            {
                var numbers = NumbersIn(File.ReadLines(Path.Combine(thread, "status")));
                voluntary += numbers["voluntary_ctxt_switches"];
                involuntary += numbers["nonvoluntary_ctxt_switches"];
            }
            catch (IOException)
            {
                continue;   // It has ended meanwhile.
            }
        }
        return (voluntary, involuntary);
    }

    private static Dictionary<string, long> NumbersIn(IEnumerable<string> lines) => lines
        .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair.Length == 2 && long.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture));
}

/// <summary>What went over the loopback device, of all processes of this machine.</summary>
internal readonly record struct LoopbackReading(long Bytes, long Packets)
{
    public static LoopbackReading operator -(LoopbackReading end, LoopbackReading start) =>
        new(end.Bytes - start.Bytes, end.Packets - start.Packets);

    public static LoopbackReading Now()
    {
        var line = File.ReadLines("/proc/net/dev").Single(row => row.TrimStart().StartsWith("lo:", StringComparison.Ordinal));
        var fields = line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new LoopbackReading(
            long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture));
    }
}
