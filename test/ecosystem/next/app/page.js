export default function Page() {
  return <p>See /api/use</p>;
}
