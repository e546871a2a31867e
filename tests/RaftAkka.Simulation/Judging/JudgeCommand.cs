using System.Diagnostics;
using System.Globalization;

namespace RaftAkka.Simulation.Judging;

/// <summary>
/// <c>--judge FILE [--timeout SECONDS]</c>: says whether a recorded history is linearizable.
/// </summary>
internal static class JudgeCommand
{
    public const string Verb = "--judge";
    public const string Usage = """
        --judge FILE.jsonl [--timeout SECONDS]   says whether a recorded history is linearizable
                                                 exit: 0 it is, 1 it is not, 2 unreadable, 3 undecided in time
        """;

    public const int Linearizable = 0;
    public const int NotLinearizable = 1;
    public const int Unreadable = 2;
    public const int Undecided = 3;

    private static readonly TimeSpan TimeoutDefault = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(1);

    /// <summary>Returns the process's exit code.</summary>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (!TryParse(arguments, out var path, out var timeout, out var problem))
        {
            errors.WriteLine(problem);
            errors.WriteLine(Usage);
            return Unreadable;
        }

        var watch = Stopwatch.StartNew();
        List<Operation> history;
        try
        {
            history = HistoryFile.Read(path);
        }
        catch (Exception exception) when (
            exception is HistoryFormatException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{path}: {exception.Message}");
            errors.WriteLine("Nothing was judged.");
            return Unreadable;
        }

        var verdict = Judge.Check(history, Budget.Time(timeout));
        output.Write(Report.Of(verdict, watch.Elapsed));
        return verdict.Answer switch
        {
            Answer.Linearizable => Linearizable,
            Answer.NotLinearizable => NotLinearizable,
            _ => Undecided,
        };
    }

    private static bool TryParse(
        IReadOnlyList<string> arguments, out string path, out TimeSpan timeout, out string problem)
    {
        (path, timeout, problem) = ("", TimeoutDefault, "");
        for (var at = 0; at < arguments.Count; at++)
        {
            var (name, value) = (arguments[at], at + 1 < arguments.Count ? arguments[at + 1] : null);
            if (name == Verb && path.Length == 0 && value is { Length: > 0 }) path = value;
            else if (name != "--timeout" || !TryParseTimeout(value, out timeout)) problem = ProblemWith(name);
            if (problem.Length > 0) return false;
            at++;
        }
        if (path.Length == 0) problem = ProblemWith(Verb);
        return problem.Length == 0;
    }

    private static string ProblemWith(string name) => name switch
    {
        Verb => "--judge needs the path of one history file.",
        "--timeout" => $"--timeout needs a number of seconds above 0 and at most {TimeoutMax.TotalSeconds}.",
        _ => $"\"{name}\" is not an argument of --judge.",
    };

    private static bool TryParseTimeout(string? text, out TimeSpan timeout)
    {
        var parsed = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0 && seconds <= TimeoutMax.TotalSeconds;
        timeout = parsed ? TimeSpan.FromSeconds(seconds) : TimeoutDefault;
        return parsed;
    }
}
