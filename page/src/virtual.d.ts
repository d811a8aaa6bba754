declare module 'virtual:catalogue/en' {
  const catalogue: Record<string, string>
  export default catalogue
}
declare module 'virtual:catalogue/fr' {
  const catalogue: Record<string, string>
  export default catalogue
}
